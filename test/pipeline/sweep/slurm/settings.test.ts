import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFailure } from '../../../../pipeline/cli/print-failure.ts';
import { chooseSlurm } from '../../../../pipeline/sweep/slurm/choose.ts';
import { slurmSchema } from '../../../../pipeline/sweep/slurm/settings.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'giverny-executor-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(text: string | undefined, on = 'slurm'): Promise<string> {
  const file = join(folder, 'configs', 'executors', 'slurm.yaml');
  rmSync(file, { force: true });
  mkdirSync(join(file, '..'), { recursive: true });
  if (text !== undefined) writeFileSync(file, text);
  const chosen = await chooseSlurm({ on, folder });
  assert.not(chosen.ok);
  return chosen.ok ? '' : formatFailure(chosen.failure, { color: false, cwd: folder });
}

test('the file that giverny brings is valid, and says what auto means', async () => {
  const chosen = await chooseSlurm({ on: 'configs/executors/slurm.yaml', folder: root });
  assert.ok(chosen.ok);
  assert.equal(chosen.value.engineRequest({ backend: 'auto' }), { backend: 'tensorflow', device: 'gpu:0' });
  assert.is(chosen.value.observeEvery, 10_000);
});

test('docs/slurm.md shows that file as it is, and every key that there is', () => {
  const page = readFileSync(`${root}docs/slurm.md`, 'utf8');
  assert.ok(page.includes(`\`\`\`yaml\n${readFileSync(`${root}configs/executors/slurm.yaml`, 'utf8')}\`\`\``));
  const inTable = [...page.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, names]) => [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  const keys = Object.keys(slurmSchema['properties'] as object).filter((key) => key !== 'executor' && key !== 'description');
  assert.equal(keys.filter((key) => !inTable.includes(key)), []);
});

test('each mistake has its place, and what to write instead', async () => {
  const mistakes: readonly (readonly [text: string, place: string, ...words: RegExp[]])[] = [
    ['executor: slurm\npartion: gpu\n', '2:1', /unknown key "partion"/, /did you mean "partition"\?/],
    ['partition: gpu\n', '1:1', /has no executor/, /executor: slurm/],
    ['executor: kubernetes\n', '1:11', /expected: slurm/],
    ['executor: slurm\ntime: 4h\n', '2:7', /time is the text "4h"/, /hours:minutes:seconds/],
    ['executor: slurm\nmemory: 16 GB\n', '2:9', /16G, or megabytes/],
    ['executor: slurm\nsbatch: [--exclude=a, --array=1-3]\n', '2:23', /holds --array, which giverny gives itself/, /max_concurrent/],
    ['executor: slurm\nsbatch: [-Jmine]\n', '2:10', /holds -J/],
    ['executor: slurm\nwithout_engine: { gpu: 1 }\n', '2:19', /unknown key "gpu" in without_engine/],
    ['executor: slurm\nengine: auto\n', '2:9', /tensorflow or wasm/],
  ];
  for (const [text, place, ...words] of mistakes) {
    const said = await refusal(text);
    assert.ok(said.includes(`${join('configs', 'executors', 'slurm.yaml')}:${place}\n`), said);
    for (const each of words) assert.match(said.replaceAll(/\s+/g, ' '), each);
  }
});

test('no such file, an empty one: what it is for', async () => {
  for (const text of [undefined, '', '# nothing yet\n']) assert.match((await refusal(text)).replaceAll(/\s+/g, ' '), /docs\/slurm\.md/);
  assert.match(await refusal('', './cluster.yaml'), /there is no config cluster\.yaml/);
});

test.run();
