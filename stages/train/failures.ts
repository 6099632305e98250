/** What can go wrong while training. */
import { failures } from '../../pipeline/failure.ts';
import type { FailureTable } from '../../pipeline/failure.ts';

export const trainFailures = {
  'train-empty-domain': { exit: 1, when: 'The training data has no split train, or one of its two domains holds no image.' },
  'train-images-differ': { exit: 1, when: 'The images of A and B differ in size or channels.' },
  'train-crop-too-large': { exit: 1, when: 'augment.crop is larger than the training images.' },
  'train-batch-too-large': { exit: 1, when: 'The data holds fewer images than one batch.' },
  'train-beyond-schedule': { exit: 64, when: 'epochs goes beyond the end of learning_rate_schedule: the learning rate would be 0.' },
  'train-gan-output': { exit: 64, when: 'loss.gan takes the discriminators\' plain output, but discriminator.output is sigmoid.' },
  'train-gradient-penalty': { exit: 64, when: 'loss.gradient_penalty is given, but loss.gan is not wgan-gp.' },
  'train-critic-norm': { exit: 64, when: 'loss.gan is wgan-gp and the discriminators have batch normalization, which mixes the images of a batch.' },
  'train-critic-updates': { exit: 64, when: 'wgan-gp with discriminator_updates separate: each half of a critic\'s loss alone falls without end.' },
  'train-clip-twice': { exit: 64, when: 'The optimizer is given both global_clipnorm and clipvalue.' },
  'train-supervised-pairing': { exit: 64, when: 'objective is supervised, but pairing mixes the pairs.' },
  'train-not-paired': { exit: 1, when: 'objective is supervised, but the training images are not known to be pairs, or there are not as many of A as of B.' },
  'train-precision-engine': { exit: 64, when: 'precision is bfloat16, and the engine is not TensorFlow on the CPU with engine.capture: auto.' },
  'train-precision-refused': { exit: 1, when: 'precision is bfloat16, but the training step cannot be captured as a graph, which alone computes in it.' },
  'train-diverged': { exit: 1, when: 'A loss or a weight became NaN or infinite.' },
  'train-disk-full': { exit: 1, when: 'The disk is full: a checkpoint or an output could not be written.' },
  'train-unwritable': { exit: 1, when: 'A checkpoint or an output could not be written, for another reason than a full disk.' },
} as const satisfies FailureTable;

export type TrainFailureCode = keyof typeof trainFailures;

/** Makes one of the train stage's failures. */
export const trainFailed = failures(trainFailures);
