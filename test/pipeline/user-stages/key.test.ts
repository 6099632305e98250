// What a stage of the user is made of is in its key, and nothing else is.
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserProject } from './user-project.ts';

const test = suite<{ project: UserProject }>('user stages: keys');
test.before.each((context) => { context.project = new UserProject(); });
test.after.each(({ project }) => project.rig.cleanup());

const source = `import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStage } from 'giverny';
import table from './lib/table.json';
import { twice } from './lib/twice.ts';

export default defineStage<{ readonly n: number }>({
  schema: { properties: { n: { type: 'integer', default: 3 } } },
  outputs: [{ path: 'a.json', kind: 'reproducible', inRunFolder: true }],
  async run({ params, out }) {
    const { offset } = await import('./lib/late.ts');
    const { name } = await import('counted');
    await writeFile(join(out, 'a.json'), JSON.stringify([twice(params.n) + offset, table, name]));
  },
});
`;

const dependency = (version: string) => JSON.stringify({ name: 'deeper', version });

/** A stage of four modules that imports a package which depends on another. */
function writeStudy({ rig }: UserProject, folder = '.'): void {
  rig.write(`${folder}/stage.ts`, source);
  rig.write(`${folder}/lib/twice.ts`, 'export const twice = (n: number): number => 2 * n;\n');
  rig.write(`${folder}/lib/late.ts`, 'export const offset = 100;\n');
  rig.write(`${folder}/lib/table.json`, '[7]\n');
  rig.write(`${folder}/lib/other.ts`, 'export {};\n');
  rig.write(`${folder}/node_modules/counted/package.json`, JSON.stringify({ name: 'counted', version: '1.0.0', type: 'module', exports: './index.js', dependencies: { deeper: '*' } }));
  rig.write(`${folder}/node_modules/counted/index.js`, "export const name = 'counted';\n");
  rig.write(`${folder}/node_modules/deeper/package.json`, dependency('2.0.0'));
  rig.write(`${folder}/mine.yaml`, 'name: mine\nstages:\n  mine: { uses: ./stage.ts }\n');
}

test('a change of any of its modules or packages runs it again, with the reason; back again it is cached', async ({ project }) => {
  const { rig } = project;
  writeStudy(project);
  const run = await project.giverny('run', 'mine.yaml');
  assert.is(run.code, 0, run.stderr);
  assert.equal(JSON.parse(rig.read('runs/latest/a.json')), [106, [7], 'counted']);
  const changes: readonly (readonly [string, string, RegExp])[] = [
    ['stage.ts', source.replace('3 }', '4 }').replace('4 }', '3 }') + '// a comment\n', /\.\/stage\.ts changed/],
    ['lib/twice.ts', 'export const twice = (n: number): number => n + n;\n', /\.\/lib\/twice\.ts changed/],
    ['lib/late.ts', 'export const offset = 200;\n', /\.\/lib\/late\.ts changed/],
    ['lib/table.json', '[8]\n', /\.\/lib\/table\.json changed/],
    ['node_modules/deeper/package.json', dependency('2.0.1'), /package deeper 2\.0\.0 → 2\.0\.1/],
  ];
  for (const [file, text, reason] of changes) {
    const was = rig.read(file);
    rig.write(file, text);
    const changed = await project.giverny('plan', 'mine.yaml');
    assert.is(changed.code, 2, file);
    assert.match(changed.stdout, reason);
    assert.match((await project.giverny('why', 'mine.yaml', 'mine')).stdout, reason);
    rig.write(file, was);
    assert.is((await project.giverny('plan', 'mine.yaml')).code, 0, file);
  }
  rig.write('lib/late.ts', 'export const offset = 200;\n');
  assert.is((await project.giverny('run', 'mine.yaml')).code, 0);
  assert.equal(JSON.parse(rig.read('runs/latest/a.json'))[0], 206, 'plan ≡ run');
});

test('what it does not import, where it lies and how its path is written change nothing', async ({ project }) => {
  const { rig } = project;
  writeStudy(project);
  assert.is((await project.giverny('run', 'mine.yaml')).code, 0);
  rig.write('lib/other.ts', 'export const other = 1;\n');
  rig.write('node_modules/counted/index.js', "export const name = 'changed without a new version';\n");
  rig.write('tsconfig.json', '{ "compilerOptions": { "useDefineForClassFields": false } }');
  process.env['GIVERNY_TEST_UNDECLARED'] = String(Math.PI);
  assert.is((await project.giverny('plan', 'mine.yaml')).code, 0);
  mkdirSync(rig.path('elsewhere'));
  for (const name of ['stage.ts', 'lib', 'node_modules', 'mine.yaml']) cpSync(rig.path(name), rig.path('elsewhere', name), { recursive: true });
  for (const config of ['elsewhere/mine.yaml', 'runs/latest/config.yaml']) assert.is((await project.giverny('plan', config)).code, 0, config);
  assert.is((await project.giverny('plan', 'mine.yaml', `stages.mine.uses=${rig.path('elsewhere/stage.ts')}`)).code, 0);
  assert.is((await project.giverny('plan', 'mine.yaml', 'seed=7')).code, 0, 'it says that it draws nothing');
});

test('a link to it, and letters and spaces in its path, change nothing, and places in it are found', async ({ project }) => {
  const { rig } = project;
  const thrower = "import { boom } from './too far.ts';\nexport default { outputs: [{ path: 'a', kind: 'record' }], run: async () => boom() };\n";
  rig.write('a b é/my stage.ts', thrower);
  rig.write('a b é/too far.ts', "interface Unused {}\nexport const boom = (): never => {\n  throw new RangeError('too far');\n};\n");
  symlinkSync(rig.path('a b é'), rig.path('link'));
  const names: string[] = [];
  for (const folder of ['link', 'a b é']) {
    rig.write('mine.yaml', `name: mine\nstages:\n  mine: { uses: "./${folder}/my stage.ts" }\n`);
    names.push((await project.giverny('plan', 'mine.yaml')).stdout.split('\n')[0]!);
  }
  assert.is(names[0], names[1]);
  const run = await project.giverny('run', 'mine.yaml');
  assert.is(run.code, 1);
  assert.match(run.stderr, /RangeError: too far\na b é\/too far\.ts:3:9\n/);
});

test('the code that was planned is the code that runs, whatever the files hold by then', async ({ project }) => {
  const { rig } = project;
  writeStudy(project);
  rig.write('mine.yaml', `name: mine\nstages:\n  slow: { uses: command, run: 'sleep 0.3; echo "export const offset = 500;" > ${rig.path('lib/late.ts')}; echo > o', outputs: [o] }\n  mine: { uses: ./stage.ts, from: slow }\n`);
  const run = await project.giverny('run', 'mine.yaml');
  assert.is(run.code, 0, run.stderr);
  assert.is(JSON.parse(rig.read('runs/latest/a.json'))[0], 106);
  assert.match((await project.giverny('plan', 'mine.yaml')).stdout, /mine +run .*\.\/lib\/late\.ts changed/);
});

test('seed, declared environment, outside files and version are in the key as for ours', async ({ project }) => {
  const { rig } = project;
  rig.write('data.txt', 'one');
  const written = (version: number) => `import { readFile, writeFile } from 'node:fs/promises';
import { defineStage, ok } from 'giverny';
export default defineStage<{ data: string }>({
  version: ${version},
  schema: { required: ['data'], properties: { data: { type: 'string' } } },
  outputs: [{ path: 'a.json', kind: 'reproducible', inRunFolder: true }],
  prepare(raw, places) {
    const { data } = raw as { data: string };
    const path = places.resolvePath('data', data);
    return ok({ params: { data: path }, keyed: {}, outside: [{ name: 'data', path, where: places.where('data')! }], environment: ['GIVERNY_TEST_SHOWN'], random: true });
  },
  run: async ({ params, seed, out }) => writeFile(out + '/a.json', JSON.stringify([await readFile(params.data, 'utf8'), seed])),
});
`;
  project.write(written(1), ', data: data.txt');
  const run = await project.giverny('run', 'mine.yaml', 'seed=5');
  assert.is(run.code, 0, run.stderr);
  assert.equal(JSON.parse(rig.read('runs/latest/a.json')), ['one', 5]);
  assert.is((await project.giverny('plan', 'mine.yaml', 'seed=5')).code, 0);
  assert.match((await project.giverny('plan', 'mine.yaml', 'seed=6')).stdout, /seed 5 → 6/);
  process.env['GIVERNY_TEST_SHOWN'] = 'x';
  assert.match((await project.giverny('plan', 'mine.yaml', 'seed=5')).stdout, /\$GIVERNY_TEST_SHOWN not set → x/);
  delete process.env['GIVERNY_TEST_SHOWN'];
  rig.write('data.txt', 'two');
  assert.match((await project.giverny('plan', 'mine.yaml', 'seed=5')).stdout, /data changed/);
  rig.write('data.txt', 'one');
  project.write(written(2), ', data: data.txt');
  assert.match((await project.giverny('plan', 'mine.yaml', 'seed=5')).stdout, /version 1 → 2/);
});

test.run();
