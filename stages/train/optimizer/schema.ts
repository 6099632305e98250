import type { JsonSchema } from '../../../pipeline/stage.ts';
import type { AdamSettings } from './adam.ts';

export interface OptimizerParams extends AdamSettings {
  readonly learning_rate: number;
}

export const optimizerDefaults: OptimizerParams = { learning_rate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true };

const { learning_rate, beta1, beta2, epsilon, shared_counter } = optimizerDefaults;

/** The `optimizer` of the train stage. */
export const optimizerSchema: JsonSchema = {
  type: 'object', additionalProperties: false, default: {},
  description: 'Adam in Keras\'s form: lr·√(1 − β2^t)/(1 − β1^t)·m/(√v + epsilon) (Kingma and Ba 2015, end of section 2). The defaults are the chapter\'s.',
  properties: {
    learning_rate: { type: 'number', exclusiveMinimum: 0, default: learning_rate, description: 'Step size (lr in junyanz\'s code); a schedule multiplies it.' },
    beta1: { type: 'number', minimum: 0, exclusiveMaximum: 1, default: beta1, description: 'Decay of the first moment.' },
    beta2: { type: 'number', minimum: 0, exclusiveMaximum: 1, default: beta2, description: 'Decay of the second moment.' },
    epsilon: { type: 'number', exclusiveMinimum: 0, default: epsilon, description: 'Added to √v. Keras: 1e-7.' },
    shared_counter: { type: 'boolean', default: shared_counter, description: 'true: one step counter t for all networks, as where one Keras optimizer object serves several models (the chapter: t grows by 5 an iteration). false: one for the generators and one for each discriminator (the paper).' },
    global_clipnorm: { type: 'number', exclusiveMinimum: 0, description: 'Scales all gradients of a step (both generators\' together, each discriminator\'s) by one factor so that their joint L2 norm is at most this (global_clipnorm in Keras; Pascanu et al. 2013). Absent: not clipped.' },
    clipvalue: { type: 'number', exclusiveMinimum: 0, description: 'Cuts each gradient value to [-clipvalue, clipvalue] (clipvalue in Keras). Not together with global_clipnorm. Absent: not clipped.' },
  },
};
