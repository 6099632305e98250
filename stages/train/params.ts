/** The parameters of the train stage in canonical form, and what of them decides what. */
import { fail, failed, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { Json, ParameterPlaces, PreparedParams } from '../../pipeline/stage.ts';
import type { Split } from '../image-set/image-set.ts';
import { checkImageSize } from '../model/image-size.ts';
import { resolveModel } from '../model/schema.ts';
import type { ModelParams } from '../model/schema.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ImageSize } from '../image/window.ts';
import type { CheckpointEvery } from './checkpoint/schedule.ts';
import type { Pairing } from './data/pairing.ts';
import { trainFailed } from './failures.ts';
import { lastUsefulEpoch } from './learning-rate.ts';
import type { LinearDecay } from './learning-rate.ts';
import type { OptimizerParams } from './optimizer/schema.ts';
import { stepChecks } from './step/checks.ts';
import { weightsByTerm } from './step/losses.ts';
import type { DiscriminatorUpdates, LossSettings, Objective, UpdateOrder } from './step/settings.ts';

export interface TrainParams {
  readonly objective: Objective;
  readonly model: ModelSpec;
  readonly loss: LossSettings;
  readonly optimizer: OptimizerParams;
  readonly update_order: UpdateOrder;
  readonly discriminator_updates: DiscriminatorUpdates;
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
  for (const check of [checkSchedule, checkWeights, checkCrop, ...stepChecks]) {
    const checked = check(canonical, places);
    if (!checked.ok) return checked;
  }
  return ok({ params: canonical, keyed: keyed(canonical), trajectory: trajectory(canonical), random: true });
}

function checkSchedule({ epochs, learning_rate_schedule: schedule }: TrainParams, places: ParameterPlaces): Result<void> {
  const last = lastUsefulEpoch(schedule);
  if (last === undefined || epochs <= last) return ok(undefined);
  const where = places.where('epochs') ?? places.where('learning_rate_schedule');
  return trainFailed('train-beyond-schedule', `epochs is ${epochs}, but the learning rate is 0 after epoch ${last}`, {
    ...(where && { where }),
    expected: 'at most constant_epochs + decay_epochs of learning_rate_schedule',
    hint: `set epochs to ${last}, or lengthen learning_rate_schedule`,
  });
}

function checkWeights({ loss }: TrainParams, places: ParameterPlaces): Result<void> {
  if (Object.values(weightsByTerm(loss.weights)).some((weight) => weight > 0)) return ok(undefined);
  const where = places.where('loss.weights') ?? places.where('loss');
  return failed('config-invalid-value', 'all of loss.weights are 0: the generators would learn nothing', {
    ...(where && { where }), expected: 'at least one weight above 0',
  });
}

/** The images' own size is known only with the data. */
function checkCrop({ model, augment }: TrainParams, places: ParameterPlaces): Result<void> {
  if (augment?.crop === undefined) return ok(undefined);
  const checked = checkImageSize(model, augment.crop);
  const where = places.where('augment.crop');
  return checked.ok || !where ? checked : fail({ ...checked.failure, where });
}

function canonicalParams(written: WrittenParams): TrainParams {
  const { model, loss, augment, ...rest } = written;
  const { adversarial, cycle, identity } = loss.weights;
  const crop = augment?.crop;
  return {
    ...rest,
    model: resolveModel(model),
    loss: { ...loss, weights: { adversarial: pair(adversarial), cycle: pair(cycle), identity: pair(identity) } },
    ...(augment && { augment: { flip: augment.flip, ...(crop !== undefined && { crop: pair(crop) }) } }),
  };
}

const pair = (value: NumberOrPair): readonly [number, number] => (typeof value === 'number' ? [value, value] : value);

/** All but what leaves the outputs as they are: how often checkpoints are written, and how many are kept. */
function keyed({ checkpoint_every: _every, keep_last: _kept, ...decides }: TrainParams): Json {
  return asJson(decides);
}

/** What decides the weights at iteration n: neither where training ends nor what is drawn on the way. */
function trajectory(params: TrainParams): Json {
  const { epochs: _epochs, samples: _samples, sample_split: _split, sample_every: _sampleEvery, checkpoint_every: _every, keep_last: _kept, ...decides } = params;
  return asJson(decides);
}

/** Drops absent (undefined) parameters. */
const asJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;
