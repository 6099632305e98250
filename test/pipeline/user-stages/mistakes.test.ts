// Every mistake in a stage of the user is one failure that names the place in the user's file, without a stack of ours.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserProject } from './user-project.ts';

const test = suite<{ project: UserProject }>('user stages: mistakes');
test.before.each((context) => { context.project = new UserProject(); });
test.after.each(({ project }) => project.rig.cleanup());

const outputs = "outputs: [{ path: 'a.json', kind: 'reproducible' }]";

interface Mistake {
  readonly is: string;
  readonly source: string;
  readonly says: RegExp;
  /** Line and column from 1. */
  readonly at: string;
}

const before: readonly Mistake[] = [
  { is: 'a syntax error, after letters of two bytes', source: `const é = 'äöü';\nexport default { ${outputs}, run() { const x = 'ä' + ; } };`, says: /does not compile: Unexpected ";"/, at: '2:95' },
  { is: 'a syntax error beside import.meta', source: `import.meta.url;\nlet = = 3;`, says: /does not compile: /, at: '2:7' },
  { is: 'a module that is not there', source: `import { a } from './nowhere.ts';\nexport default { ${outputs}, run: a };`, says: /\.\/nowhere\.ts cannot be found/, at: '1:19' },
  { is: 'a package that is not there', source: `import a from '@no/package/deep';\nexport default { ${outputs}, run: a };`, says: /@no\/package\/deep cannot be found[^]*npm install @no\/package, beside/, at: '1:15' },
  { is: 'a name that a module does not export', source: `import { mean } from './lib.ts';\nexport default { ${outputs}, run: mean };`, says: /No matching export in "lib.ts" for\s+import "mean"/, at: '1:10' },
  { is: 'a name that giverny does not export', source: `import { defineStages } from 'giverny';\nexport default defineStages({});`, says: /no export(?: named)? '?defineStages|giverny has no export defineStages/, at: '1:10' },
  { is: 'no stage', source: 'export const hello = 1;', says: /exports hello, and no stage/, at: '1:1' },
  { is: 'a function for a stage', source: '\n  export default function run() {}', says: /exports a function as its stage/, at: '2:3' },
  { is: 'an unknown member', source: `export default {\n  output: [],\n  run() {},\n};`, says: /has output, which no stage has[^]*did you mean "outputs"/, at: '2:3' },
  { is: 'a member of a wrong kind', source: `export default {\n  ${outputs},\n  inputs: 1,\n  run() {},\n};`, says: /inputs of the stage in stage\.ts is 1/, at: '3:3' },
  { is: 'no outputs', source: `export default { run() {} };`, says: /has no outputs/, at: '1:1' },
  { is: 'neither run nor load', source: `export default { ${outputs} };`, says: /has neither run nor load/, at: '1:1' },
  { is: 'an output outside', source: `export default {\n  outputs: [{ path: '../a', kind: 'record' }],\n  run() {},\n};`, says: /the path "\.\.\/a" is none inside/, at: '2:3' },
  { is: 'an output of no kind', source: `export default {\n  outputs: () => [{ path: 'a' }],\n  run() {},\n};`, says: /the kind of a is undefined/, at: '2:3' },
  { is: 'a schema that is none', source: `export default {\n  ${outputs},\n  schema: { properties: { a: { type: 'integr' } } },\n  run() {},\n};`, says: /schema of \.\/stage\.ts is none:\s+properties\/a\/type\s+must\s+be/, at: '3:3' },
  { is: 'a throw at import, in a module that it imports', source: `import { boom } from './lib.ts';\nconst x = boom();\nexport default { ${outputs}, run() { return x; } };`, says: /threw as it was imported: RangeError: too far/, at: 'lib.ts:4:9' },
  { is: 'a throw in prepare', source: `export default {\n  ${outputs},\n  prepare: (params: { a: { b: 1 } }) => params.a.b,\n  run() {},\n};`, says: /threw as it looked at its parameters: TypeError/, at: '3:50' },
  { is: 'a throw in outputs', source: `export default {\n  outputs: () => { throw new Error('none'); },\n  run() {},\n};`, says: /threw as it looked at its parameters: Error: none/, at: '2:26' },
  { is: 'no result of prepare', source: `export default {\n  ${outputs},\n  async prepare() { return 1; },\n  run() {},\n};`, says: /prepare of stage\.ts gives a promise/, at: '3:9' },
  { is: 'a key that is no JSON', source: `export default {\n  ${outputs},\n  prepare: () => ({ ok: true, value: { params: {}, keyed: { at: new Date() }, random: false } }),\n  run() {},\n};`, says: /gives keyed that is no plain JSON/, at: '3:3' },
];

for (const { is, source, says, at } of before) {
  test(`${is} is found when the config is read`, async ({ project }) => {
    project.rig.write('lib.ts', `interface Unused {}\n\nexport function boom(): never {\n  throw new RangeError('too far');\n}\n`);
    project.write(source);
    const { code, stdout, stderr } = await project.giverny('config', 'validate', 'mine.yaml');
    assert.is(code, 64, stderr);
    assert.is(stdout, '');
    assert.match(stderr, says);
    const place = at.includes(':') && at.startsWith('lib') ? at : `stage.ts:${at}`;
    assert.ok(stderr.includes(`\n${place}\n`), `${place} is not in\n${stderr}`);
    assert.is(stderr.match(/^error/gm)?.length, 1, stderr);
    assert.not.match(stderr, /^\s+at /m);
  });
}

test('what the config says wrongly of it is placed in the config', async ({ project }) => {
  const source = `export default { ${outputs}, schema: { properties: { bins: { type: 'integer', description: 'How many.' } } }, run() {} };`;
  const cases: readonly (readonly [string, RegExp])[] = [
    [', bin: 3', /unknown key "bin" in stages\.mine\nmine\.yaml:2:29[^]*did you mean "bins"/],
    [', bins: x', /stages\.mine\.bins is the text "x"\nmine\.yaml:2:35[^]*expected: an integer\nhint: How many\./],
  ];
  for (const [parameters, says] of cases) {
    project.write(source, parameters);
    const { code, stderr } = await project.giverny('plan', 'mine.yaml');
    assert.is(code, 64);
    assert.match(stderr, says);
  }
  for (const [file, says] of [['none.ts', /none\.ts does not exist\nmine\.yaml:2:17/], ['stage.py', /stage\.py is neither\s+TypeScript\s+nor\s+JavaScript\nmine\.yaml:2:17[^]*uses: command/]] as const) {
    project.rig.write('stage.py', 'print()');
    project.rig.write('mine.yaml', `stages:\n  mine: { uses: ./${file} }\n`);
    const { code, stderr } = await project.giverny('plan', 'mine.yaml');
    assert.is(code, 64);
    assert.match(stderr, says);
  }
});

const while_: readonly Mistake[] = [
  { is: 'a throw', source: `export default {\n  ${outputs},\n  async run() {\n    await new Promise((resolve) => setTimeout(resolve, 1));\n    interface Unused {}\n    throw new TypeError('not this');\n  },\n};`, says: /mine threw TypeError: not this/, at: '6:11' },
  { is: 'a throw that nobody waits for', source: `export default {\n  ${outputs},\n  run: () => new Promise(() => setTimeout(() => { throw new RangeError('later'); }, 1)),\n};`, says: /mine threw RangeError: later/, at: '3:57' },
  { is: 'a missing output', source: `export default {\n  ${outputs},\n  async run() {},\n};`, says: /did not write a\.json/, at: '2:3' },
  { is: 'a wrong result', source: `export default {\n  ${outputs},\n  run: () => 5,\n};`, says: /run returned 5/, at: '3:3' },
  { is: 'an exit', source: `export default {\n  ${outputs},\n  run: () => process.exit(3),\n};`, says: /ended with code 3 and without a result/, at: '3:3' },
];

for (const { is, source, says, at } of while_) {
  test(`${is} while it runs fails the stage, at its place`, async ({ project }) => {
    project.write(source);
    const { code, stderr } = await project.giverny('run', 'mine.yaml');
    assert.is(code, 1, stderr);
    assert.match(stderr, says);
    assert.ok(stderr.includes(`\nstage.ts:${at}\n`), `stage.ts:${at} is not in\n${stderr}`);
    assert.not.match(stderr, /^\s+at /m);
    const frames = project.rig.read('runs/latest/logs/mine.log').match(/^\s+at .*$/gm) ?? [];
    for (const frame of frames.slice(-1)) assert.match(frame, /stage\.ts:/, 'the stack in the log ends with the stage');
  });
}

test('a failure of its own comes out as it is', async ({ project }) => {
  project.write(`import { failures } from 'giverny';\nconst failed = failures({ dark: { exit: 1, when: 'Too dark.' } });\nexport default { ${outputs}, run: async () => failed('dark', 'train/A is too dark', { hint: 'take others' }) };`);
  const { code, stderr } = await project.giverny('run', 'mine.yaml');
  assert.is(code, 1, stderr);
  assert.match(stderr, /error in mine: train\/A is too dark\nhint: take others/);
});

test.run();
