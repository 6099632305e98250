/**
 * Small real stages for tests of the runner. Each writes a line to the ledger (a file outside the project's keys)
 * when it really runs, so that a test can count executions.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalog } from '../../../pipeline/catalog.ts';
import { failures, interrupted, ok, type Result } from '../../../pipeline/failure.ts';
import type { StageContext, StageDefinition, StageImplementation } from '../../../pipeline/stage.ts';

interface Params { readonly [name: string]: unknown }

const fixtureFailures = { 'fixture-failed': { exit: 1, when: 'A test asked for it.' } } as const;
const fixtureFailed = failures(fixtureFailures);

/** Set by the test; not part of any key. */
const ledger = (): string => process.env['FIXTURE_LEDGER']!;
const note = (line: string): void => appendFileSync(ledger(), `${line}\n`);
const markers = (): string => `${ledger()}.markers`;

type Run = (context: StageContext<Params>) => Promise<Result<void>>;

interface Shape {
  readonly engine?: boolean;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly keyed?: readonly string[];
  readonly trajectory?: boolean;
  readonly network?: boolean;
  /** The parameter that names a file outside. */
  readonly reads?: string;
  readonly readAtStart?: true;
  /** Without a slash that parameter names a run, of which out.txt is meant. */
  readonly namesRun?: true;
}

function define(uses: string, shape: Shape, run: Run): StageDefinition {
  const properties = shape.properties ?? {};
  return {
    uses, version: 1, summary: `A stage for tests: ${uses}.`,
    schema: { type: 'object', additionalProperties: false, properties },
    inputs: { min: 0, max: 9 },
    engine: shape.engine === true,
    failures: fixtureFailures,
    outputs: (params) => [
      { path: 'out.txt', kind: 'reproducible', inRunFolder: uses === 'steps' || shape.namesRun === true },
      { path: 'files/', kind: 'reproducible', optional: true, inRunFolder: Number((params as Params)['files']) > 0 },
    ],
    prepare(params, places) {
      const reads = shape.reads;
      const written = reads === undefined ? undefined : String((params as Params)[reads]);
      const run = shape.namesRun && !written!.includes('/') ? places.findRun!(reads!, written!) : undefined;
      if (run?.ok === false) return run;
      const path = run === undefined ? written && places.resolvePath(reads!, written) : join(run.value.folder, 'out.txt');
      const given = reads === undefined ? params as Params : { ...params as Params, [reads]: path };
      const keyed = Object.fromEntries(Object.keys(properties).filter((name) => (shape.keyed ?? Object.keys(properties)).includes(name)).map((name) => [name, String(given[name])]));
      return ok({
        params: given, keyed, random: false, network: shape.network === true,
        ...(shape.trajectory === true ? { trajectory: {} } : {}),
        ...(path === undefined ? {} : { outside: [{ name: reads!, path, ...(shape.readAtStart && { readAtStart: true }) }] }),
      });
    },
    load: async (): Promise<StageImplementation> => ({
      async run(context) {
        note(`start ${context.stage} ${process.pid}`);
        const result = await run(context as StageContext<Params>);
        note(`end ${context.stage} ${result.ok ? 'ok' : result.failure.code}`);
        return result;
      },
    }),
  };
}

const text = (name: string) => ({ type: 'string', description: `The ${name}.`, default: name });
const number = (value: number) => ({ type: 'number', description: 'A number.', default: value });

/** Writes its text after what it reads. */
const write = define('write', { properties: { text: text('text'), files: number(0) } }, async ({ params, inputs, out, log, progress }) => {
  const read = inputs.map((input) => readFileSync(input.locate('out.txt'), 'utf8'));
  writeFileSync(join(out, 'out.txt'), `${[...read, params['text']].join('\n')}\n`);
  const files = Number(params['files']);
  if (files > 0) mkdirSync(join(out, 'files'));
  for (let index = 0; index < files; index += 1) {
    writeFileSync(join(out, 'files', `${index}.txt`), `${String(params['text'])} ${index}`);
    progress({ done: index + 1, total: files, unit: 'files' });
  }
  log(`wrote ${String(params['text'])}`);
  return ok(undefined);
});

/** Waits until `count` stages stand at the barrier, so that it only ends if they run at the same time. */
const barrier = define('barrier', { properties: { side: text('side'), count: number(2) }, keyed: ['side'] }, async ({ stage, params, out, stop }) => {
  mkdirSync(markers(), { recursive: true });
  writeFileSync(join(markers(), stage), '');
  while (readdirSync(markers()).length < Number(params['count'])) {
    if (stop.aborted) return interrupted();
    await sleep(10);
  }
  writeFileSync(join(out, 'out.txt'), stage);
  return ok(undefined);
});

/** Keeps a checkpoint of its count after every step and continues from it; in a process of its own. */
const steps = define('steps', { engine: true, trajectory: true, properties: { count: number(5), milliseconds: number(20) }, keyed: ['count'] }, async (context) => {
  const { params, out, checkpoints, stop, progress, publish } = context;
  const state = join(checkpoints!, 'count');
  mkdirSync(checkpoints!, { recursive: true });
  let done = existsSync(state) ? Number(readFileSync(state, 'utf8')) : 0;
  note(`from ${done}`);
  const total = Number(params['count']);
  while (done < total) {
    await sleep(Number(params['milliseconds']));
    done += 1;
    note(`step ${done}`);
    writeFileSync(`${state}.new`, String(done));
    renameSync(`${state}.new`, state);
    writeFileSync(join(out, 'out.txt'), Array.from({ length: done }, (_, index) => `line ${index + 1}\n`).join(''));
    progress({ done, total, unit: 'iterations', phase: `step ${done}`, figures: { loss: 1 / done } });
    await publish(['out.txt']);
    if (stop.aborted && done < total) return interrupted();
  }
  return ok(undefined);
});

const slow = define('slow', { properties: { milliseconds: number(60_000) }, keyed: [] }, async ({ params, out, stop }) => {
  await sleep(Number(params['milliseconds']), undefined, { signal: stop });
  writeFileSync(join(out, 'out.txt'), 'slow');
  return ok(undefined);
});

/** Ignores that it should stop, as a long native call does. */
const deaf = define('deaf', { engine: true }, async () => {
  await sleep(60_000);
  return ok(undefined);
});

/** Blocks its event loop, as a native call does, and says when the process is gone. */
const blocked = define('blocked', { engine: true }, async ({ out }) => {
  const end = Date.now() + 20_000;
  while (Date.now() < end) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  writeFileSync(join(out, 'out.txt'), 'blocked');
  return ok(undefined);
});

/** As blocked, in a stage that keeps checkpoints: it records its first step. */
const starting = define('starting', { engine: true, trajectory: true }, async () => {
  const end = Date.now() + 60_000;
  while (Date.now() < end) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  return ok(undefined);
});

const failing = define('fail', {}, async () => fixtureFailed('fixture-failed', 'it was asked to fail', { hint: 'do not ask' }));
const crashing = define('crash', {}, async () => { throw new TypeError('a bug in a stage'); });
const crashingProcess = define('crash-engine', { engine: true }, async () => { throw new TypeError('a bug in an engine stage'); });
const killed = define('killed', { engine: true, properties: { signal: text('SIGKILL') } }, async ({ params }) => {
  process.kill(process.pid, String(params['signal']) as NodeJS.Signals);
  await sleep(10_000);
  return ok(undefined);
});
const empty = define('empty', {}, async () => ok(undefined));
const remote = define('remote', { network: true, properties: { url: text('url') } }, async ({ out }) => {
  writeFileSync(join(out, 'out.txt'), 'fetched');
  return ok(undefined);
});

/** Copies a file that lies outside, once the test lets it. */
const copy = define('copy', { reads: 'path', properties: { path: text('path') }, keyed: [] }, async ({ params, out }) => {
  while (!existsSync(join(markers(), 'go'))) await sleep(10);
  writeFileSync(join(out, 'out.txt'), readFileSync(String(params['path'])));
  return ok(undefined);
});

/** The same, reading it before it waits; keeps checkpoints, in a process of its own. Only `tune` says that it reads at the start. */
const readFirst = (uses: string, shape: Pick<Shape, 'readAtStart'>) => define(uses, { engine: true, trajectory: true, reads: 'path', properties: { path: text('path') }, keyed: [], ...shape }, async (context) => {
  const { params, out, outside, checkpoints } = context;
  mkdirSync(checkpoints!, { recursive: true });
  const content = readFileSync(String(params['path']), 'utf8');
  note(`read ${content}, planned ${outside![0]!.digest}`);
  while (!existsSync(join(markers(), 'go'))) await sleep(10);
  writeFileSync(join(out, 'out.txt'), content);
  return ok(undefined);
});
const tune = readFirst('tune', { readAtStart: true });
const perhaps = readFirst('perhaps', {});

/** Adds a line to what a run has made. */
const begin = define('begin', { reads: 'run', namesRun: true, properties: { run: text('latest'), text: text('text') }, keyed: ['text'] }, async ({ params, out }) => {
  writeFileSync(join(out, 'out.txt'), `${readFileSync(String(params['run']), 'utf8')}${String(params['text'])}\n`);
  return ok(undefined);
});

/** An engine stage without checkpoints. */
const compute = define('compute', { engine: true, properties: { text: text('text'), milliseconds: number(0) }, keyed: ['text'] }, async ({ params, out }) => {
  await sleep(Number(params['milliseconds']));
  writeFileSync(join(out, 'out.txt'), String(params['text']));
  return ok(undefined);
});

const givingUp = define('give-up', {}, async () => interrupted());

const stages = [begin, copy, tune, perhaps, compute, givingUp, write, barrier, steps, slow, deaf, blocked, starting, failing, crashing, crashingProcess, killed, empty, remote];

export const fixtureCatalog: Catalog = {
  stages: new Map(stages.map((stage) => [stage.uses, stage])),
  async selectEngine(request) {
    const backend = request.backend === 'auto' ? (process.env['FIXTURE_ENGINE'] ?? 'tensorflow') : request.backend;
    return ok({ backend: backend === 'wasm' ? 'wasm' : 'tensorflow', version: '1.0.0', device: 'cpu' });
  },
  async writeReport(folder) {
    const path = join(folder, 'report.html');
    const { state } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { readonly state: string };
    note(`report ${state}`);
    writeFileSync(path, `<p>${state}</p>`);
    return path;
  },
  summarize: async (folder) => (existsSync(join(folder, 'out.txt')) ? [`steps  ${readFileSync(join(folder, 'out.txt'), 'utf8').split('\n').length - 1}`] : []),
};
