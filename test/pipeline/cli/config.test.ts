import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configCommand } from '../../../pipeline/cli/config.ts';
import type { ConfigFolder } from '../config/small-catalog.ts';
import { catalog, chapter, configFolder } from '../config/small-catalog.ts';

let folder: ConfigFolder;
test.before(async () => {
  folder = await configFolder();
  await folder.write('chapter.yaml', chapter);
});
test.after(() => folder.remove());

async function config(...args: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  const io = { cwd: folder.path, root: folder.path, color: false, catalog, stdout: (text: string) => void (stdout += text), stderr: (text: string) => void (stderr += text) };
  return { code: await configCommand(args, io), stdout, stderr };
}

test('validate says that a config is valid', async () => {
  assert.equal(await config('validate', 'chapter.yaml'), { code: 0, stdout: 'chapter: 5 stages, valid\n', stderr: '' });
});

test('a mistake goes to stderr with exit code 64, and nothing to stdout', async () => {
  for (const verb of ['validate', 'print', 'explain']) {
    const { code, stdout, stderr } = await config(verb, 'chapter.yaml', 'stages.train.epocs=2');
    assert.equal([code, stdout], [64, '']);
    assert.match(stderr, /^error: unknown key "epocs" in stages\.train\ncommand line\n {2}stages\.train\.epocs=2\n {2,}~~~~~\n/);
  }
});

test('what print says prints as itself', async () => {
  const first = await config('print', 'chapter.yaml', 'loss.weights.cycle=5');
  assert.is(first.code, 0);
  await folder.write('printed.yaml', first.stdout);
  assert.equal(await config('print', 'printed.yaml'), first);
});

test('warnings go to stderr, beside the result', async () => {
  const { code, stdout, stderr } = await config('print', 'chapter.yaml', 'stages.fetch.url=x.zip');
  assert.is(code, 0);
  assert.match(stderr, /^warning: stages\.fetch\.sha256 .* is dropped/);
  assert.not.match(stdout, /sha256/);
});

test('explain, with and without a path, and with overrides anywhere', async () => {
  assert.match((await config('explain', 'chapter.yaml')).stdout, /^stages\.train\.epochs: 3 +chapter\.yaml:18:13$/m);
  assert.match((await config('explain', 'chapter.yaml', 'seed=4', 'seed')).stdout, /^seed: 4\n {2}from command line: seed=4\n {2}instead of 1 at chapter\.yaml:3:7\n$/);
  assert.is((await config('explain', 'chapter.yaml', 'sed')).code, 64);
});

test('misuse is usage', async () => {
  for (const args of [[], ['validat', 'chapter.yaml'], ['validate'], ['print', 'chapter.yaml', 'seed'], ['explain', 'chapter.yaml', 'seed', 'name'], ['print', '--all', 'chapter.yaml']]) {
    const { code, stdout, stderr } = await config(...args);
    assert.equal([code, stdout], [64, ''], args.join(' '));
    assert.match(stderr, /giverny config (validate|print|explain) CONFIG/, args.join(' '));
  }
});

test.run();
