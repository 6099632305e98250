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
    const changed = async (): Promise<readonly string[]> => (await changedOutside(plan.stages[0]!)).map(({ input, how }) => `${input.name} ${how}`);
    assert.equal(await changed(), []);
    write('data/b', 'new');
    assert.equal(await changed(), ['data changed']);
    write('script.py', 'after!');
    assert.equal(await changed(), ['script changed', 'data changed']);
    write('script.py', 'before');
    rmSync(path.join(folder, 'data/b'));
    rmSync(path.join(folder, 'notes.txt'));
    assert.equal(await changed(), ['notes removed']);
  });
});

test('a folder of which files are gone, and nothing else is different, was removed; otherwise it changed', async () => {
  await inTemporaryFolder(async (folder) => {
    const at = (file: string): string => path.join(folder, file);
    for (const name of ['all', 'only']) {
      mkdirSync(at(name));
      for (const file of ['a', 'b', 'c']) writeFileSync(at(`${name}/${file}`), file);
    }
    const outside = [{ name: 'all', path: at('all') }, { name: 'only', path: at('only'), only: ['a', 'b'] }];
    const plan = value(await planStages(sampleConfig([{ name: 'a', prepared: { outside } }]), { engine: undefined, environment: {} }));
    const changed = async (): Promise<readonly string[]> => (await changedOutside(plan.stages[0]!)).map(({ input, how }) => `${input.name} ${how}`);
    rmSync(at('only/c'));
    assert.equal(await changed(), [], 'only what counts');
    for (const name of ['all', 'only']) rmSync(at(`${name}/a`));
    assert.equal(await changed(), ['all removed', 'only removed']);
    for (const name of ['all', 'only']) writeFileSync(at(`${name}/b`), 'B');
    assert.equal(await changed(), ['all changed', 'only changed']);
    for (const name of ['all', 'only']) writeFileSync(at(`${name}/b`), 'b');
    writeFileSync(at('all/d'), 'new');
    assert.equal(await changed(), ['all changed', 'only removed']);
    for (const name of ['all', 'only']) rmSync(at(name), { recursive: true });
    assert.equal(await changed(), ['all removed', 'only removed']);
    for (const name of ['all', 'only']) writeFileSync(at(name), 'a file in its place');
    assert.equal(await changed(), ['all changed', 'only changed']);
  });
});

test.run();
