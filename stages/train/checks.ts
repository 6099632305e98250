/** What of the train stage's parameters could only fail, or train nothing, once the data is there: found before anything runs. */
import { fail, failed, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { ParameterPlaces } from '../../pipeline/stage.ts';
import { checkImageSize } from '../model/image-size.ts';
import { trainFailed } from './failures.ts';
import { lastUsefulEpoch } from './learning-rate.ts';
import type { TrainParams } from './params.ts';
import { stepChecks } from './step/checks.ts';
import { weightsByTerm } from './step/losses.ts';

/** The first mistake found. */
export function checkTrain(params: TrainParams, places: ParameterPlaces): Result<void> {
  for (const check of [checkSchedule, checkWeights, checkCrop, checkPairs, ...stepChecks]) {
    const checked = check(params, places);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
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

function checkWeights({ loss, objective }: TrainParams, places: ParameterPlaces): Result<void> {
  if (objective === 'supervised' || Object.values(weightsByTerm(loss.weights)).some((weight) => weight > 0)) return ok(undefined);
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

/** A pair is image i of A and image i of B. */
function checkPairs({ objective, pairing }: TrainParams, places: ParameterPlaces): Result<void> {
  if (objective !== 'supervised' || pairing === 'in_order') return ok(undefined);
  const where = places.where('pairing') ?? places.where('objective');
  return trainFailed('train-supervised-pairing', `objective supervised learns from pairs, but pairing is ${pairing}`, {
    ...(where && { where }), expected: 'pairing: in_order', hint: 'set pairing to in_order, or objective to cyclegan',
  });
}
