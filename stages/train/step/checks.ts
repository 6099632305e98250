/** What of a config's loss and optimizer does not go together: found before anything runs. */
import { ok } from '../../../pipeline/failure.ts';
import type { Result } from '../../../pipeline/failure.ts';
import type { ParameterPlaces } from '../../../pipeline/stage.ts';
import type { GanLossName } from '../../model/losses/gan-loss.ts';
import type { ModelSpec } from '../../model/spec.ts';
import { trainFailed, type TrainFailureCode } from '../failures.ts';
import type { TrainerSettings } from './settings.ts';

type Settings = Pick<TrainerSettings, 'loss' | 'optimizer' | 'discriminator_updates'> & { readonly model: ModelSpec };
type Check = (settings: Settings, places: ParameterPlaces) => Result<void>;

/** As the checks in params.ts are; each gives the first failure it finds. */
export const stepChecks: readonly Check[] = [checkGanLoss, checkClipping];

/** What a loss does with a sigmoid's output, where it wants none. */
const onSigmoid: Readonly<Record<Exclude<GanLossName, 'mse'>, string>> = {
  lsgan: 'is least squares on a linear output (on a sigmoid it is called mse)',
  vanilla: 'takes the sigmoid itself',
  hinge: 'wants outputs beyond -1 and 1',
  'wgan-gp': 'wants outputs without bounds',
};

function checkGanLoss({ model, loss: { gan, gradient_penalty }, discriminator_updates }: Settings, places: ParameterPlaces): Result<void> {
  const refuse = refusal(places);
  if (gan !== 'mse' && model.discriminator.output === 'sigmoid') {
    return refuse('train-gan-output', ['model.discriminator.output', 'loss.gan'], `loss.gan ${gan} ${onSigmoid[gan]}, but the discriminators end in a sigmoid`, {
      expected: 'model.discriminator.output: linear', hint: 'set model.discriminator.output to linear, or loss.gan to mse',
    });
  }
  if (gan !== 'wgan-gp' && gradient_penalty !== undefined) {
    return refuse('train-gradient-penalty', ['loss.gradient_penalty'], `loss.gan ${gan} has no gradient penalty`, {
      expected: 'loss.gradient_penalty only with loss.gan wgan-gp', hint: 'remove gradient_penalty, or set loss.gan to wgan-gp',
    });
  }
  if (gan === 'wgan-gp' && discriminator_updates === 'separate') {
    return refuse('train-critic-updates', ['discriminator_updates', 'loss.gan'], 'wgan-gp steps on the difference of its two losses; each alone falls without end', {
      expected: 'discriminator_updates: joint', hint: 'set discriminator_updates to joint',
    });
  }
  if (gan === 'wgan-gp' && model.discriminator.norm.kind === 'batch') {
    return refuse('train-critic-norm', ['model.discriminator.norm', 'loss.gan'], 'the gradient penalty of wgan-gp looks at one image at a time, and batch normalization mixes them (Gulrajani et al. 2017, section 4)', {
      expected: 'model.discriminator.norm: channel or row', hint: 'set model.discriminator.norm to channel',
    });
  }
  return ok(undefined);
}

/** Keras takes one of them, too. */
function checkClipping({ optimizer: { global_clipnorm, clipvalue } }: Settings, places: ParameterPlaces): Result<void> {
  if (global_clipnorm === undefined || clipvalue === undefined) return ok(undefined);
  return refusal(places)('train-clip-twice', ['optimizer.clipvalue', 'optimizer'], 'the optimizer is given both global_clipnorm and clipvalue', {
    expected: 'one way of clipping', hint: 'remove optimizer.global_clipnorm or optimizer.clipvalue',
  });
}

/** A failure at the first of `paths` that is written in the config. */
const refusal = (places: ParameterPlaces) => (code: TrainFailureCode, paths: readonly string[], message: string, advice: { readonly expected: string; readonly hint: string }) => {
  const where = paths.map((path) => places.where(path)).find((place) => place !== undefined);
  return trainFailed(code, message, { ...(where && { where }), ...advice });
};
