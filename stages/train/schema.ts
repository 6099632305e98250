/** JSON Schema of the train stage's parameters. The defaults are the chapter's; a description names the source of others. */
import type { JsonSchema } from '../../pipeline/stage.ts';
import { modelSchema } from '../model/schema.ts';
import { iterationsPattern } from './checkpoint/schedule.ts';
import { precisionSchema } from './precision.ts';
import { optimizerSchema } from './optimizer/schema.ts';
import { discriminatorUpdatesSchema, emaDecaySchema, lossSchema, objectiveSchema, updateOrderSchema } from './step/settings.ts';

const cropSide: JsonSchema = { type: 'integer', minimum: 4, maximum: 4096 };

const augment: JsonSchema = {
  type: 'object', additionalProperties: false,
  description: 'Random changes drawn anew each time a training image is used (the paper: load at 286, crop 256, flip). Absent: none.',
  properties: {
    crop: {
      description: 'Size of a random crop: a number, or [height, width]. The networks take this size; test images are cut to their middle.',
      anyOf: [
        cropSide,
        { type: 'array', items: cropSide, minItems: 2, maxItems: 2 },
      ],
    },
    flip: { type: 'number', minimum: 0, maximum: 1, default: 0.5, description: 'Probability of mirroring left to right.' },
  },
};

const learningRateSchedule: JsonSchema = {
  type: 'object', additionalProperties: false, required: ['constant_epochs', 'decay_epochs'],
  description: 'Linear decay to 0 (section 7.1; lambda_rule in junyanz\'s code). Absent: constant.',
  properties: {
    constant_epochs: { type: 'integer', minimum: 0, description: 'Epochs at the full learning rate: n_epochs in junyanz\'s code, 100 in the paper.' },
    decay_epochs: { type: 'integer', minimum: 0, description: 'Epochs over which it falls to 0: n_epochs_decay in junyanz\'s code, 100 in the paper.' },
  },
};

const count = (initial: number, minimum: number, description: string, maximum?: number): JsonSchema => ({
  type: 'integer', minimum, ...(maximum !== undefined && { maximum }), default: initial, description,
});

export const trainSchema: JsonSchema = {
  type: 'object', additionalProperties: false,
  description: 'Trains a CycleGAN: two generators, two discriminators.',
  properties: {
    objective: objectiveSchema,
    model: modelSchema,
    loss: lossSchema,
    optimizer: optimizerSchema,
    update_order: updateOrderSchema,
    discriminator_updates: discriminatorUpdatesSchema,
    precision: precisionSchema,
    epochs: { ...count(500, 1, 'Epochs to train.'), 'x-time-grows': { power: 1 } },
    batch_size: count(1, 1, 'Image pairs an iteration.', 1024),
    iterations_per_epoch: { type: 'integer', minimum: 1, description: 'Ends an epoch early; the next goes on where it ended. Absent: an epoch is a pass over the images.' },
    pairing: {
      type: 'string', enum: ['in_order', 'random_B', 'shuffle'], default: 'in_order',
      description: 'in_order: image i of A with image i of B; an epoch is the smaller domain (the chapter). random_B: A in order, B at random; an epoch is the larger domain (the paper). shuffle: each domain in a new order each pass; an epoch is the larger domain.',
    },
    augment,
    image_pool: count(0, 0, 'How many generated images are kept to show to the discriminators again (Shrivastava et al. 2017): 50 in the paper (pool_size in junyanz\'s code), 0 in the chapter.', 10_000),
    learning_rate_schedule: learningRateSchedule,
    ema_decay: emaDecaySchema,
    init_from: { type: 'string', minLength: 1, description: 'Begins with the networks of another run instead of random weights: its folder, its name in runs/, or latest. The digest of those networks, not their place, is in the key.' },
    on_nan: {
      type: 'string', enum: ['stop', 'rollback'], default: 'stop',
      description: 'When a loss or a weight becomes NaN or infinite. stop: fail, and say in which iteration and with which images. rollback: go back to the last checkpoint that checkpoint_every asked for (or to the beginning) and on at half the learning rate, three times at most; checkpoint_every then decides the result, and is in the key.',
    },
    samples: count(2, 0, 'Images a domain that are drawn, chosen at random once: original, generated and reconstructed side by side. Drawn with the weights of the moment, not with their averages (ema_decay).'),
    sample_split: { type: 'string', enum: ['test', 'train'], default: 'test', description: 'Which images are drawn. The chapter draws images it has trained on: train. A set without the split gives its other one.' },
    sample_every: count(10, 1, 'Epochs between drawings; the first and the last epoch are always drawn.'),
    checkpoint_every: {
      default: 1,
      description: 'Epochs between checkpoints, or iterations as in `500 iterations`. The end of training, and Ctrl-C, always write one.',
      anyOf: [{ type: 'integer', minimum: 1 }, { type: 'string', pattern: iterationsPattern }],
    },
    keep_last: count(2, 1, 'How many checkpoints are kept.'),
    keep_every: { type: 'integer', minimum: 1, description: 'Keeps the networks of every so many epochs as well, and their averages (ema_decay), under models/epoch-0050/… (save_epoch_freq in junyanz\'s code). Absent: only those of the end.' },
  },
};
