/** The parameters of the train stage in canonical form, and what of them decides what. */
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { Json, ParameterPlaces, PreparedParams } from '../../pipeline/stage.ts';
import type { Precision } from '../engine/capture/index.ts';
import type { Split } from '../image-set/image-set.ts';
import { resolveModel } from '../model/schema.ts';
import type { ModelParams } from '../model/schema.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ImageSize } from '../image/window.ts';
import type { CheckpointEvery } from './checkpoint/schedule.ts';
import { checkTrain } from './checks.ts';
import type { Pairing } from './data/pairing.ts';
import { prepareInitFrom } from './init-from/prepare.ts';
import type { InitFrom } from './init-from/prepare.ts';
import type { LinearDecay } from './learning-rate.ts';
import type { OptimizerParams } from './optimizer/schema.ts';
import { defaultGradientPenalty } from './step/settings.ts';
import type { DiscriminatorUpdates, LossSettings, Objective, UpdateOrder } from './step/settings.ts';

export interface TrainParams {
  readonly objective: Objective;
  readonly model: ModelSpec;
  readonly loss: LossSettings;
  readonly optimizer: OptimizerParams;
  readonly update_order: UpdateOrder;
  readonly discriminator_updates: DiscriminatorUpdates;
  readonly precision: Precision;
  readonly epochs: number;
  readonly batch_size: number;
  readonly iterations_per_epoch?: number;
  readonly pairing: Pairing;
  readonly augment?: { readonly crop?: ImageSize; readonly flip: number };
  readonly image_pool: number;
  readonly learning_rate_schedule?: LinearDecay;
  readonly ema_decay?: number;
  readonly init_from?: string;
  readonly on_nan: OnNan;
  readonly samples: number;
  readonly sample_split: Split;
  readonly sample_every: number;
  readonly checkpoint_every: CheckpointEvery;
  readonly keep_last: number;
  readonly keep_every?: number;
}

/** What a loss or weight that is not finite leads to. */
export type OnNan = 'stop' | 'rollback';

type NumberOrPair = number | readonly [number, number];

/** As the schema leaves them: defaults are filled in, short forms are not yet written out. */
interface WrittenParams extends Omit<TrainParams, 'model' | 'loss' | 'augment'> {
  readonly model: ModelParams;
  readonly loss: Omit<LossSettings, 'weights'> & { readonly weights: Readonly<Record<keyof LossSettings['weights'], NumberOrPair>> };
  readonly augment?: { readonly crop?: NumberOrPair; readonly flip: number };
}

/**
 * Writes short forms out: a weight for both directions becomes a pair, a crop's side a height and a width. Refuses what
 * could only fail, or train nothing, once the data is there.
 */
export function prepareTrain(params: unknown, places: ParameterPlaces): Result<PreparedParams<TrainParams>> {
  const canonical = canonicalParams(params as WrittenParams);
  const checked = checkTrain(canonical, places);
  if (!checked.ok) return checked;
  const initial = prepareInitialNetworks(canonical, places);
  if (!initial.ok) return initial;
  const { folder, outside } = initial.value ?? {};
  return ok({
    params: { ...canonical, ...(folder !== undefined && { init_from: folder }) },
    keyed: keyed(canonical), trajectory: trajectory(canonical), random: true, ...(outside && { outside }),
  });
}

/** The folder in the place of what the config calls it, and its files. */
function prepareInitialNetworks({ init_from: from, model }: TrainParams, places: ParameterPlaces): Result<InitFrom | undefined> {
  return from === undefined ? ok(undefined) : prepareInitFrom(from, model, places);
}

function canonicalParams(written: WrittenParams): TrainParams {
  const { model, loss, augment, ...rest } = written;
  const { adversarial, cycle, identity } = loss.weights;
  const crop = augment?.crop;
  return {
    ...rest,
    model: resolveModel(model),
    loss: {
      ...loss, weights: { adversarial: pair(adversarial), cycle: pair(cycle), identity: pair(identity) },
      ...(loss.gan === 'wgan-gp' && { gradient_penalty: loss.gradient_penalty ?? defaultGradientPenalty }),
    },
    ...(augment && { augment: { flip: augment.flip, ...(crop !== undefined && { crop: pair(crop) }) } }),
  };
}

const pair = (value: NumberOrPair): readonly [number, number] => (typeof value === 'number' ? [value, value] : value);

/**
 * All but what leaves the outputs as they are: how often checkpoints are written, unless a rollback may go back to them,
 * and how many are kept. Of init_from the networks' digest decides, not where they are.
 */
function keyed({ checkpoint_every: every, keep_last: _kept, init_from: _from, ...decides }: TrainParams): Json {
  return asJson({ ...ofObjective(decides), ...ofPrecision(decides), ...(decides.on_nan === 'rollback' && { checkpoint_every: every }) });
}

/**
 * What decides the weights at iteration n: neither where training ends nor what is drawn and kept on the way. A schedule
 * without decay is none: all epochs that it allows have the full rate. Two that decay later than both trainings end are
 * told apart all the same, since either may go on to where they differ.
 */
function trajectory(params: TrainParams): Json {
  const {
    epochs: _epochs, samples: _samples, sample_split: _split, sample_every: _sampleEvery, checkpoint_every: every,
    keep_last: _kept, keep_every: _keepEvery, init_from: _from, ...decides
  } = params;
  return asJson({
    ...ofObjective(decides), ...ofPrecision(decides), learning_rate_schedule: decides.learning_rate_schedule?.decay_epochs === 0 ? undefined : decides.learning_rate_schedule,
    ...(decides.on_nan === 'rollback' && { checkpoint_every: every }),
  });
}

/** Without discriminators there is nothing that these could change. */
function ofObjective<P extends Pick<TrainParams, 'objective' | 'loss' | 'image_pool' | 'update_order' | 'discriminator_updates'>>(params: P): object {
  if (params.objective !== 'supervised') return params;
  const { loss: _loss, image_pool: _pool, update_order: _order, discriminator_updates: _updates, ...decides } = params;
  return decides;
}

/** float32 is what a training had before there was a choice: it is not named. */
const ofPrecision = ({ precision }: Pick<TrainParams, 'precision'>) => ({ precision: precision === 'float32' ? undefined : precision });

/** Drops absent (undefined) parameters, as writing JSON and reading it would, several times as fast: a sweep does it for thousands of trials. */
function asJson(value: unknown): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
  const kept: { [name: string]: Json } = {};
  for (const name of Object.keys(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member !== undefined) kept[name] = asJson(member);
  }
  return kept;
}
