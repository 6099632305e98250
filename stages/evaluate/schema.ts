import type { JsonSchema } from '../../pipeline/stage.ts';
import type { GeneratorWeights } from './evaluation.ts';

/** A network of the user whose outputs describe images. */
export interface FeatureParams {
  /** A folder with a tfjs model.json or a TensorFlow saved_model.pb; absolute once prepared. */
  readonly path: string;
  readonly size?: number;
  readonly range: readonly [number, number];
  readonly output?: string;
}

export interface EvaluateParams {
  readonly images: number;
  readonly directions: number;
  readonly strip: number;
  readonly weights: GeneratorWeights | 'auto';
  readonly supervised?: string;
  readonly epochs: boolean;
  readonly features?: FeatureParams;
}

const features: JsonSchema = {
  type: 'object', additionalProperties: false, required: ['path'],
  description: 'A network whose features KID (Bińkowski et al. 2018) and FID (Heusel et al. 2017) are measured on: Inception, say. Absent: a fixed random network, whose KID compares runs of giverny with each other and with nothing else.',
  properties: {
    path: { type: 'string', minLength: 1, description: 'A folder that holds a tfjs model.json (layers or graph model) with its weights, or a TensorFlow saved_model.pb. Its content, not its place, is in the key. Graph and saved models need engine: tensorflow.' },
    size: { type: 'integer', minimum: 1, maximum: 4096, description: 'Images are resized to this side (bilinear) first: 299 for Inception. Absent: the size the network is built for, or the images\' own.' },
    range: {
      type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2, default: [-1, 1],
      description: 'The values that the network expects of black and white: [-1, 1] for Keras\'s Inception, [0, 1] for those of TensorFlow Hub.',
    },
    output: { type: 'string', minLength: 1, description: 'The layer (layers model), node (graph model) or output (saved model) whose values are the features; of feature maps, the mean over the image. Absent: the network\'s output.' },
  },
};

export const evaluateSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    images: {
      description: 'Images a split and domain that are evaluated at most, evenly spread over it by name. Of the test split as many of A as of B: distances depend on their number.',
      type: 'integer', minimum: 2, default: 300,
    },
    directions: {
      description: 'Random directions along which the texture distance (sliced Wasserstein) compares patches. SWD always takes 512 (Karras et al. 2018).',
      type: 'integer', minimum: 1, default: 64,
    },
    strip: {
      description: 'Images a direction in evaluation/AtoB.png and BtoA.png: input, translation and, on paired test splits, truth. 0 for none.',
      type: 'integer', minimum: 0, default: 8,
    },
    weights: {
      description: 'Which generators are measured. last: those after the last iteration. ema: the average over the last iterations (train\'s ema_decay). auto: the average where training kept one.',
      type: 'string', enum: ['auto', 'last', 'ema'], default: 'auto',
    },
    supervised: {
      description: 'The stage of from whose generators were trained with objective: supervised, to be shown beside the others: what these networks reach when they are told the answers.',
      type: 'string', minLength: 1,
    },
    epochs: {
      description: 'Also measures the generators that training kept on its way (train\'s keep_every): the distances as a curve over the epochs.',
      type: 'boolean', default: false,
    },
    features,
  },
};
