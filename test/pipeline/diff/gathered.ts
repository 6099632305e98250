/** Runs as they are gathered, made up: what tests of the comparison need of them. */
import type { GatheredRun } from '../../../pipeline/diff/gather.ts';
import type { Metric } from '../../../pipeline/diff/results.ts';
import type { Manifest } from '../../../pipeline/plan/manifest.ts';
import type { Json } from '../../../pipeline/stage.ts';

export interface MadeUp {
  readonly seed: number;
  readonly weight: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly values?: Readonly<Record<string, Json>>;
  readonly basis?: string;
}

export function gathered({ seed, weight, metrics, values, basis }: MadeUp): GatheredRun {
  const run = `study-${weight}-${seed}`;
  const manifest: Manifest = { schema: 1, of: 'identity', uses: 'train', version: 1, params: { weight }, outside: {}, environment: {}, seed, from: [] };
  const stage = { state: 'done' as const, uses: 'train', seconds: 2 };
  return {
    listed: {
      run, folder: `/nowhere/runs/${run}`, state: 'done', latest: false,
      record: { schema: 1, name: 'study', digest: run, configDigest: '', state: 'done', process: { pid: 1, owner: '' }, command: ['giverny', 'run'], startedAt: '2026-01-01T00:00:00.000Z', stages: { train: stage }, files: [], summary: [] },
    },
    root: '/nowhere', config: { name: 'study', seed, stages: { train: { weight } } }, seed, places: { 'stages.train.weight': `study.yaml:${weight}:1` },
    stages: [{ name: 'train', from: [], manifest }], environment: { node: 'v20' }, code: null,
    results: {
      metrics: Object.entries(metrics).map(([name, value]): Metric => ({ name, label: name, of: 'evaluation', better: name === 'psnr' ? 'higher' : 'lower', headline: true, value, ...(basis === undefined ? {} : { basis }) })),
      curves: [{ name: 'loss', label: 'loss', headline: true, points: [1, 2, 3].map((epoch) => ({ iteration: epoch * 10, value: weight / epoch + seed })) }],
      pictures: [{ name: 'sample', label: 'a sample', epoch: 2, path: 'samples/a.png' }, { name: 'sample', label: 'a sample', epoch: weight, path: 'samples/b.png' }],
      told: ['train'], notes: [],
    },
    ...(values === undefined ? {} : { values }), notes: [],
  };
}
