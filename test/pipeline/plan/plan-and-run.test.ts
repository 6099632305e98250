// plan ≡ run, and both ≡ an account by whole contents (random-study.ts), over random DAGs and random edits of everything.
import { utimesSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../../../pipeline/cli/main.ts';
import { randomStream } from '../../../stages/random.ts';
import { Rig } from '../../helpers/rig.ts';
import { catalogOf, edits, expectedOf, randomStudy, yamlOf, type Study } from './random-study.ts';

const test = suite<{ rig: Rig }>('plan and run');
test.before.each((context) => { context.rig = new Rig(); });
test.after.each(({ rig }) => {
  rig.cleanup();
  for (const name of Object.keys(process.env)) if (name.startsWith('GIVERNY_TEST_')) delete process.env[name];
});

type Line = Readonly<Record<string, unknown>>;

/** The lines that the command prints with --json, and the stages that ran. */
async function giverny(verb: 'plan' | 'run', study: Study, rig: Rig): Promise<{ readonly lines: readonly Line[]; readonly ran: readonly string[]; readonly code: number }> {
  const ran: string[] = [];
  const said = { stdout: '', stderr: '' };
  const code = await main([verb, 'study.yaml', '--json'], {
    stdout: (text) => { said.stdout += text; }, stderr: (text) => { said.stderr += text; },
    cwd: rig.folder, color: false, terminal: false, stageProcess: { script: '', execArgv: [] },
    loadCatalog: async () => catalogOf(study, (stage) => ran.push(stage)),
  });
  assert.ok(code === 0 || code === 2, said.stderr);
  return { code, ran, lines: said.stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line) };
}

function establish(study: Study, rig: Rig, yaml: string): void {
  rig.write('study.yaml', yaml);
  for (const [name, content] of Object.entries(study.files)) rig.write(name, content);
  for (const name of Object.keys(process.env)) if (name.startsWith('GIVERNY_TEST_')) delete process.env[name];
  Object.assign(process.env, study.environment);
}

/** Plans and runs the study as it stands, and holds both against what contents say. `made`: what has ever been made here. */
async function check(study: Study, rig: Rig, made: Set<string>, story: string): Promise<void> {
  const expected = expectedOf(study);
  const planned = await giverny('plan', study, rig);
  const wanted = new Set(expected.filter(({ decisive }) => !made.has(decisive)).map(({ name }) => name));
  const from = new Map(study.nodes.map((node) => [node.name, node.from]));
  const answer = new Map(planned.lines.map((line) => [String(line['stage']), line]));
  for (const { name } of expected) {
    const waits = from.get(name)!.filter((each) => answer.get(each)!['kind'] !== 'hit');
    const kind = waits.length > 0 ? 'depends' : wanted.has(name) ? 'run' : 'hit';
    assert.is(answer.get(name)!['kind'], kind, `${story}: plan of ${name}`);
    if (kind === 'depends') assert.equal(answer.get(name)!['on'], [...new Set(waits)], `${story}: ${name}`);
  }
  assert.is(planned.code, planned.lines.every((line) => line['kind'] === 'hit') ? 0 : 2, story);
  const run = await giverny('run', study, rig);
  // Two stages that do the same work of the same inputs are one: the second takes what the first made.
  const work = new Map(expected.map(({ name, decisive }) => [name, decisive]));
  const once = new Set([...wanted].map((name) => work.get(name)!));
  assert.equal(run.ran.map((name) => work.get(name)!).sort(), [...once].sort(), `${story}: what ran`);
  const again = await giverny('plan', study, rig);
  for (const line of again.lines) assert.is(line['kind'], 'hit', `${story}: after the run`);
  for (const { decisive } of expected) made.add(decisive);
}

const studies = 8;
const editsOfEach = 8;

for (let number = 0; number < studies; number += 1) {
  test(`study ${number}: every answer of plan is what run does, and is right`, async ({ rig }) => {
    const random = randomStream(number, 'plan and run');
    const made = new Set<string>();
    const visited: Study[] = [];
    let study = randomStudy(random);
    let story = `study ${number}`;
    for (let step = 0; step <= editsOfEach; step += 1) {
      establish(study, rig, yamlOf(study, random));
      await check(study, rig, made, story);
      visited.push(study);
      const names = Object.keys(edits);
      const name = names[(number * editsOfEach + step) % names.length]!;
      story += `, ${name}`;
      study = edits[name]!(study, random);
    }
    for (const earlier of random.shuffle(visited).slice(0, 2)) {
      establish(earlier, rig, yamlOf(earlier, random));
      const { code, lines } = await giverny('plan', earlier, rig);
      assert.is(code, 0, `${story}, and back: ${JSON.stringify(lines)}`);
    }
  });
}

test('a file that is touched, and one that is changed within the same size and time, are told apart', async ({ rig }) => {
  const study: Study = { ...randomStudy(randomStream(1, 'touch')), nodes: [{ name: 'one', from: [], uses: 'mix', file: 'f0.txt', params: { text: 't', nested: { a: 1, b: [1] }, keep: 2, variables: [], draws: false } }] };
  establish(study, rig, yamlOf(study, randomStream(1, 'yaml')));
  await check(study, rig, new Set(), 'touch');
  const then = new Date(2001, 1, 1);
  utimesSync(rig.path('f0.txt'), then, then);
  assert.is((await giverny('plan', study, rig)).code, 0);
  rig.write('f0.txt', 'CONTENT 0');
  utimesSync(rig.path('f0.txt'), then, then);
  assert.is((await giverny('plan', study, rig)).code, 2);
});

test.run();
