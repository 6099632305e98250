/**
 * Which trials go on to the next rung. Synchronous (successive halving: Jamieson and Talwalkar 2016, algorithm 1): when all
 * of a rung have ended, the best 1/eta of those that began it. Asynchronous (ASHA: Li et al. 2020, algorithm 2): a trial as
 * soon as it is among the best 1/eta of those that have ended its rung. Both are decided anew from what has ended, so that
 * a sweep that was interrupted goes on as if it had not been.
 */
import type { StageConfig } from '../config/config.ts';
import { nearestName } from '../config/nearest-name.ts';
import { whereOf } from '../config/tree/source.ts';
import { failed, type Failure } from '../failure.ts';
import type { JobState } from './job-state.ts';
import { hasEnded } from './job-state.ts';
import { placesOf } from './spec/halving-places.ts';
import type { SweepSpec } from './spec/sweep-spec.ts';
import type { Halving } from './sweep-record.ts';

/** One trial, as far as it came: the state of each rung's job, and the metric of those that are done. */
export interface Climb {
  readonly states: readonly JobState[];
  readonly metrics: readonly (number | undefined)[];
}

/** For each trial the last rung (from 0) that it may work on. */
export function highestRungs(climbs: readonly Climb[], halving: Halving): readonly number[] {
  const reached = climbs.map(() => 0);
  for (let rung = 0; rung + 1 < halving.epochs.length; rung += 1) {
    const here = climbs.flatMap((climb, trial) => (reached[trial] === rung ? [{ trial, state: climb.states[rung]!, metric: climb.metrics[rung] }] : []));
    const done = here.filter(({ state, metric }) => state === 'done' && metric !== undefined);
    const promoted = halving.asynchronous
      ? best(done, Math.floor(done.length / halving.eta), halving)
      : here.every(({ state }) => hasEnded(state)) ? best(done, Math.max(1, Math.floor(here.length / halving.eta)), halving) : [];
    // Who once was among the best has gone on, even if others have come before it since.
    const gone = here.filter(({ trial }) => climbs[trial]!.states[rung + 1] !== 'waiting').map(({ trial }) => trial);
    for (const trial of new Set([...promoted, ...gone])) reached[trial] = rung + 1;
  }
  return reached;
}

/** Of equally good ones the first. */
function best(done: readonly { readonly trial: number; readonly metric: number | undefined }[], count: number, { goal }: Halving): readonly number[] {
  const sign = goal === 'max' ? -1 : 1;
  return [...done].sort((left, right) => sign * (left.metric! - right.metric!) || left.trial - right.trial).slice(0, count).map(({ trial }) => trial);
}

/** Of `evaluate.psnr_AtoB` the stage is known before anything runs; which figures it gives, only it knows. Stages of a user may give any name. */
export function unknownMetric(halving: Halving, stages: readonly Pick<StageConfig, 'name' | 'definition'>[]): Failure | undefined {
  const { metric } = halving;
  const names = stages.map(({ name }) => name);
  const [stage, figure] = [metric.slice(0, Math.max(0, metric.indexOf('.'))), metric.slice(metric.indexOf('.') + 1)];
  if (stage === '' || names.includes(stage) || stages.some(({ definition }) => /[\\/]/.test(definition.uses))) return undefined;
  const { metric: source } = placesOf(halving);
  const near = nearestName(stage, names);
  return failed('sweep-invalid', `halving.metric is ${metric}, and this config has no stage ${stage}`, {
    ...(source && { where: whereOf(source) }), expected: `a stage of this config and a figure that it gives: ${names.map((name) => `${name}.…`).join(', ')}`,
    hint: near === undefined ? 'the figures of a stage stand beside its progress: train.generator, evaluate.psnr_AtoB' : `did you mean ${near}.${figure}?`,
  }).failure;
}

/** What a rung would silently write over. */
export function epochsGivenTwice({ parameter }: Halving, { axes, fixed }: Pick<SweepSpec, 'axes' | 'fixed'>): Failure | undefined {
  const source = axes.find(({ path }) => path === parameter)?.source ?? fixed.find(({ path }) => path.join('.') === parameter)?.source;
  return source && failed('sweep-invalid', `halving sets the epochs, and ${parameter} is given besides`, { where: whereOf(source), expected: 'one of them', hint: 'halving.epochs says how long each rung trains' }).failure;
}
