/** Runs a config of configs/known-truth with the built command, as people run it, and reads how well it learnt. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Evaluation, Method } from '../../stages/evaluate/evaluation.ts';
import { Rig } from '../helpers/rig.ts';

export interface Score {
  /** dB, mean over the test pairs. */
  readonly psnr: number;
  readonly ssim: number;
  /** Sliced Wasserstein distance ×1000 of mean-removed 5×5 luminance patches to the truth; 0 is best. */
  readonly texture: number;
}

/** A → B on the paired test split. */
export interface Learnt {
  readonly config: string;
  readonly seed: number;
  readonly iterations: number;
  readonly seconds: number;
  readonly methods: Readonly<Record<Method, Score>>;
  /** Of one half of the truth to the other. */
  readonly floor: Pick<Score, 'texture'>;
}

/** Where runs and their cache are kept; without it they go when the test ends. What was run there before is not run again. */
const kept = process.env.GIVERNY_LEARNING_ROOT;

/** Trains `configs/known-truth/<config>.yaml` with a seed and evaluates it. Throws what the command prints where it fails. */
export async function learn(config: string, seed: number, overrides: readonly string[] = []): Promise<Learnt> {
  const rig = new Rig();
  const root = kept === undefined ? rig.folder : resolve(kept, `${config}-${seed}`);
  const started = Date.now();
  try {
    const finished = await rig.run(['run', fileURLToPath(new URL(`../../configs/known-truth/${config}.yaml`, import.meta.url)), `seed=${seed}`, ...overrides, '--root', root]);
    if (finished.code !== 0) throw new Error(`${config} with seed ${seed} ended with exit code ${finished.code}:\n${finished.stderr}`);
    const evaluation = JSON.parse(readFileSync(`${root}/runs/latest/evaluation.json`, 'utf8')) as Evaluation;
    const metrics = readFileSync(`${root}/runs/latest/metrics.jsonl`, 'utf8').trimEnd().split('\n');
    const { iteration } = JSON.parse(metrics.at(-1)!) as { readonly iteration: number };
    return { config, seed, iterations: iteration, seconds: Math.round((Date.now() - started) / 1000), ...scoresOf(evaluation) };
  } finally {
    rig.cleanup();
  }
}

function scoresOf(evaluation: Evaluation): Pick<Learnt, 'methods' | 'floor'> {
  const { methods, floor } = evaluation.translations.AtoB;
  const scores = Object.entries(methods).map(([method, { psnr, ssim, texture_distance }]) => [method, { psnr, ssim, texture: texture_distance }]);
  return { methods: Object.fromEntries(scores) as Learnt['methods'], floor: { texture: floor.texture_distance } };
}

/** Overrides that train for `iterations` (a multiple of 10), the rate falling over the second half; the supervised training follows. */
export const trainedFor = (iterations: number): readonly string[] => [
  'stages.train.epochs=10', `stages.train.iterations_per_epoch=${iterations / 10}`,
  'stages.train.learning_rate_schedule={constant_epochs: 5, decay_epochs: 5}',
];
