import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changedOutside } from '../../../pipeline/plan/changed-outside.ts';
import { planStages } from '../../../pipeline/plan/plan.ts';
import { inTemporaryFolder, value } from '../cache/temporary-cache.ts';
import { sampleConfig } from './sample-config.ts';

test('the outside inputs that are no longer what the plan read are named, and only these', async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(path.join(folder, 'data'));
    const files = { script: 'script.py', data: 'data', notes: 'notes.txt' };
    const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
    for (const file of ['script.py', 'data/a', 'notes.txt']) write(file, 'before');
    const outside = Object.entries(files).map(([name, file]) => ({ name, path: path.join(folder, file) }));
    const plan = value(await planStages(sampleConfig([{ name: 'a', prepared: { outside } }]), { engine: undefined, environment: {} }));
    const changed = async (): Promise<readonly string[]> => (await changedOutside(plan.stages[0]!)).map(({ name }) => name);
    assert.equal(await changed(), []);
    write('data/b', 'new');
    assert.equal(await changed(), ['data']);
    write('script.py', 'after!');
    assert.equal(await changed(), ['script', 'data']);
    write('script.py', 'before');
    rmSync(path.join(folder, 'data/b'));
    rmSync(path.join(folder, 'notes.txt'));
    assert.equal(await changed(), ['notes']);
  });
});

test.run();
