// As people get it: the packed command, installed into an empty folder, runs a stage of the user and types it.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Rig } from '../../helpers/rig.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Of npm: with what it printed where it failed. */
function call(command: string, args: readonly string[], cwd: string): { readonly ok: boolean; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

test('a packed giverny runs and types a stage in TypeScript', async () => {
  const rig = new Rig();
  try {
    const built = call(process.execPath, ['bin/build.js', '--package'], root);
    assert.ok(built.ok, built.said);
    const packed = call('npm', ['pack', '--ignore-scripts', '--pack-destination', rig.folder], root);
    assert.ok(packed.ok, packed.said);
    const tarball = readdirSync(rig.folder).find((name) => name.endsWith('.tgz'))!;
    rig.write('package.json', '{ "name": "study", "private": true, "type": "module" }');
    const installed = call('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`], rig.folder);
    if (!installed.ok) return console.log(`skipped: npm cannot install here: ${installed.said.split('\n')[0]}`);
    cpSync(rig.path('node_modules/giverny/configs/examples'), rig.path('mine'), { recursive: true });
    const run = await rig.run(['run', 'mine/luminance-histogram.yaml'], { entry: rig.path('node_modules/giverny/bin/giverny.js') });
    assert.is(run.code, 0, run.stderr);
    assert.ok(rig.exists('runs/latest/histogram.csv'));
    rig.write('tsconfig.json', JSON.stringify({
      compilerOptions: { target: 'ES2022', module: 'NodeNext', strict: true, noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true, types: ['node'], typeRoots: [`${root}/node_modules/@types`] },
      include: ['mine'],
    }));
    const typed = call(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', '.'], rig.folder);
    assert.ok(typed.ok, typed.said);
    rig.write('mine/wrong.ts', "import { defineStage } from 'giverny';\nexport default defineStage<{ n: number }>({ outputs: [{ path: 'a', kind: 'recrd' }], async run({ params }) { console.log(params.m); } });\n");
    const wrong = call(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', '.'], rig.folder);
    assert.match(wrong.said, /'"recrd"' is not assignable/);
    assert.match(wrong.said, /Property 'm' does not exist/);
  } finally {
    rig.cleanup();
  }
});

test.run();
