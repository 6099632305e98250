import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readNames, runsWhere, sortRuns } from '../../../pipeline/query/filter-runs.ts';
import { fieldOf, type QueriedRun } from '../../../pipeline/query/run-fields.ts';
import type { Json } from '../../../pipeline/stage.ts';
import { failureOf, value } from '../cache/temporary-cache.ts';

const test = suite('the language of --where');

const now = new Date(2026, 10, 24, 12).getTime();

interface Given {
  readonly cycle: Json;
  readonly psnr?: number;
  readonly state?: QueriedRun['state'];
  /** Hours before now. */
  readonly ago?: number;
  readonly tags?: readonly string[];
  readonly note?: string;
  readonly seconds?: number;
}

function run(name: string, { cycle, psnr, state = 'done', ago = 1, tags = [], note, seconds = 60 }: Given): QueriedRun {
  const figures = { train: { figures: { generator: 2 } }, evaluate: psnr === undefined ? {} : { figures: { psnr_AtoB: psnr } } };
  const config = { name: 'study', seed: 3, stages: { train: { epochs: 2, loss: { weights: { cycle } }, optimizer: { kind: 'adam' } }, evaluate: { images: 300, epochs: false } } };
  return {
    run: name, folder: `/runs/${name}`, state, latest: name === 'b', hasConfig: true, config: () => config, labels: () => ({ tags, ...(note === undefined ? {} : { note }) }), sweeps: () => [], axes: () => (name === 'c' ? { 'vars.width': 7 } : {}),
    record: {
      name: 'study', digest: name.repeat(64), state, command: ['giverny', 'run', 'study.yaml'], seconds, startedAt: new Date(now - ago * 3_600_000).toISOString(),
      stages: Object.fromEntries(Object.entries(figures).map(([stage, said]) => [stage, { state: 'done' as const, ...said }])),
    },
  };
}

const runs = [
  run('a', { cycle: 10, psnr: 16.5, tags: ['best', 'v2'], note: 'two words' }),
  run('b', { cycle: [5, 10], psnr: 18, ago: 30, seconds: 7300 }),
  run('c', { cycle: 2.5, state: 'failed', ago: 80, tags: ['v2'] }),
];

const chosen = (where: string): string => value(runsWhere(where, runs, now)).map((each) => each.run).join('');

test('numbers, texts, lists, tags, durations and dates', () => {
  // 30 hours before noon of the 24th it is 6:00 of the 23rd.
  const expected: Readonly<Record<string, string>> = {
    'state=done': 'ab', 'state == done': 'ab', 'state!=done': 'c', 'state in (failed, running)': 'c', 'state not in [failed]': 'ab',
    'loss.weights.cycle>5': 'a', 'loss.weights.cycle>=5': 'ab', 'loss.weights.cycle = [5, 10]': 'b', 'stages.train.loss.weights.cycle=10': 'a', 'train.loss.weights.cycle<3': 'c',
    'loss.weights.cycle in (2.5, 10)': 'ac', 'loss.weights.cycle=1e1': 'a', 'loss.weights.cycle != 10': 'bc',
    'psnr_AtoB>16.6': 'b', 'evaluate.psnr_AtoB < 17': 'a', 'psnr_AtoB': 'ab', 'not psnr_AtoB': 'c', 'generator=2': 'abc', 'psnr_AtoB != 18': 'ac',
    'epochs=2': 'abc', 'evaluate.epochs=false': 'abc', 'optimizer.kind=adam': 'abc', 'optimizer.kind=sgd': '', 'seed>2': 'abc',
    'tag=best': 'a', 'tag!=best': 'bc', 'tag in (best, v2)': 'ac', 'tag ~ ^v': 'ac', 'tag': 'ac', 'note ~ words': 'a', "note='two words'": 'a', 'not note': 'bc', 'latest': 'b',
    'age<2h': 'a', 'age>=1d': 'bc', 'age < 1d12h': 'ab', 'took>2h': 'b', 'seconds <= 60': 'ac', 'took<1h30min': 'ac',
    'started=today': 'a', 'started=yesterday': 'b', 'started>=yesterday': 'ab', 'started=2026-11-23': 'b', 'started>2026-11-23': 'a', 'started<=2026-11-23': 'bc', 'started<"2026-11-23 07:00"': 'bc', 'started<2026-11-23T06:00': 'c',
    'vars.width>6': 'c', 'vars.width': 'c', 'run ~ "[ab]"': 'ab', 'run !~ "[ab]"': 'c', 'run=a': 'a', 'name=study': 'abc', 'engine=tensorflow': '',
  };
  for (const [where, names] of Object.entries(expected)) assert.is(chosen(where), names, where);
});

test('and binds closer than or, not closer than and; the signs of C mean the same', () => {
  assert.is(chosen('run=a or run=b and state=failed'), 'a');
  assert.is(chosen('(run=a or run=b) and not state=failed'), 'ab');
  assert.is(chosen('not run=a and not run=b'), 'c');
  assert.is(chosen('NOT (run=a OR run=b)'), 'c');
  assert.is(chosen('run==a || run==b && !(state==done)'), 'a');
  assert.is(chosen('not not run=a'), 'a');
});

test('what is wrong is underlined, and the nearest name is said', () => {
  const cases: readonly (readonly [where: string, place: string, message: RegExp, hint?: RegExp])[] = [
    ['los.weights.cycle>5', 'los.weights.cycle', /^no run has los\.weights\.cycle$/, /did you mean loss\.weights\.cycle\?/],
    ['state=done and psnr_AtoC>3', 'psnr_AtoC', /no run has psnr_AtoC/, /did you mean psnr_AtoB\?/],
    ['state=dnoe', 'dnoe', /no run is ever dnoe/, /did you mean done\?/],
    ['started>2d', '2d', /2d is not a time/, /age<2d/],
    ['took>long', 'long', /long is not a duration/],
    ['psnr_AtoB>generator', 'generator', /generator is not a number/],
    ['state=done or', ' ', /a condition is missing at the end/],
    ['state=', ' ', /a value is missing at the end/],
    ['(state=done', '(', /the bracket is not closed/],
    ['state=done)', ')', /\) is not expected here/],
    ['note=two words', 'words', /words is not expected here/, /quotes/],
    ['note="two words', '"two words', /the quotes are not closed/],
    ['state in done', 'done', /after in stands a list/],
    ['state in (done', '(', /the list is not closed/],
    ['state in (done failed)', 'failed', /failed is not expected in a list/],
    ['run ~ "("', '"("', /\( is not a regular expression/],
    ['state=done & run=a', '&', /& means nothing here/],
    ['', ' ', /a condition is missing/],
    ...['toString', 'constructor', '__proto__', 'hasOwnProperty', 'train.constructor', 'evaluate.valueOf'].map((name) => [name, name, /^no run has /] as const),
    ['not toString=1', 'toString', /^no run has toString$/],
  ];
  for (const [where, place, message, hint] of cases) {
    const failure = failureOf(runsWhere(where, runs, now));
    assert.is(failure.code, 'query-invalid', where);
    assert.match(failure.message, message);
    const { text, column, length, file } = failure.where!;
    assert.equal([file, `${text!} `.slice(column! - 1, column! - 1 + length!)], ['--where', place], where);
    if (hint !== undefined) assert.match(failure.hint ?? '', hint, where);
  }
  assert.equal(value(runsWhere('nothing=1', [], now)), [], 'without runs no name can be wrong');
});

test('what every object has is no field', () => {
  for (const name of ['toString', 'constructor', '__proto__']) {
    assert.match(failureOf(readNames('--columns', `run,${name}`, runs, now)).message, new RegExp(`^no run has ${name}$`));
    assert.is(fieldOf(name, runs[0]!, now).value, undefined);
  }
});

test('as many conditions as one likes, but not any depth of them', () => {
  const many = Array.from({ length: 20_000 }, (_, at) => `run=${at === 9999 ? 'b' : 'x'}`);
  assert.is(chosen(many.join(' or ')), 'b');
  assert.is(chosen(many.map((each) => `not ${each}`).join(' and ')), 'ac');
  assert.is(chosen(`${'('.repeat(200)}run=a${')'.repeat(200)}`), 'a');
  for (const [opening, rest] of [['(', 'run=a'], ['not ', 'run=a'], ['!', 'run=a'], ['(not ', 'run=a'], ['run in (', ''], ['run=[', '']] as const) {
    const nested = opening === 'run in (' ? `run in (${'['.repeat(20_000)}` : opening === 'run=[' ? `run=${'['.repeat(20_000)}` : opening.repeat(20_000) + rest;
    const failure = failureOf(runsWhere(nested, runs, now));
    assert.equal([failure.code, / is nested too deep$/.test(failure.message)], ['query-invalid', true], opening);
  }
});

test('sorting: smallest first, or largest; what is missing last', () => {
  const sorted = (name: string, descending: boolean) => sortRuns(runs, name, descending, now).map((each) => each.run).join('');
  assert.equal(['psnr_AtoB', 'loss.weights.cycle', 'started', 'run', 'took'].map((name) => [sorted(name, false), sorted(name, true)]), [['abc', 'bac'], ['cba', 'abc'], ['cba', 'abc'], ['abc', 'cba'], ['acb', 'bac']]);
});

/** By the definition, and not by what the parser does. */
test('random expressions mean what their parts do', () => {
  let state = 7;
  const random = (below: number): number => (state = (state * 48271) % 2147483647) % below;
  const atoms: readonly (readonly [string, string])[] = [['run=a', 'a'], ['state=done', 'ab'], ['tag=v2', 'ac'], ['psnr_AtoB>17', 'b'], ['run in (b, c)', 'bc'], ['latest', 'b']];
  const every = 'abc';
  const build = (depth: number): readonly [string, string] => {
    if (depth === 0 || random(4) === 0) return atoms[random(atoms.length)]!;
    const [left, leftRuns] = build(depth - 1);
    const [right, rightRuns] = build(depth - 1);
    switch (random(3)) {
      case 0: return [`(${left}) and (${right})`, [...every].filter((each) => leftRuns.includes(each) && rightRuns.includes(each)).join('')];
      case 1: return [`(${left}) or (${right})`, [...every].filter((each) => leftRuns.includes(each) || rightRuns.includes(each)).join('')];
      default: return [`not (${left})`, [...every].filter((each) => !leftRuns.includes(each)).join('')];
    }
  };
  for (let count = 0; count < 200; count += 1) {
    const [where, names] = build(4);
    assert.is(chosen(where), names, where);
  }
});

test.run();
