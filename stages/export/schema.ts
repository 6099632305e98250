import type { JsonSchema } from '../../pipeline/stage.ts';

export const formats = ['tfjs', 'keras', 'savedmodel', 'onnx'] as const;
export type Format = (typeof formats)[number];

export interface ExportParams {
  readonly formats: readonly Format[];
  readonly weights: 'auto' | 'ema' | 'last';
  readonly epoch?: number;
  /** Below the outputs' folder. */
  readonly folder: string;
  /** Set by `giverny export`, for the model card. */
  readonly run?: string;
}

export const exportSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['formats'],
  properties: {
    formats: {
      description: 'What others can open: tfjs (browsers and Node), keras (Keras 3), savedmodel (TensorFlow), onnx (ONNX Runtime and others).',
      type: 'array', minItems: 1, uniqueItems: true, items: { enum: [...formats], description: 'A format.' },
    },
    weights: { description: 'ema: the average of the weights that ema_decay keeps; last: as training left them; auto: ema where there is one.', enum: ['auto', 'ema', 'last'], default: 'auto' },
    epoch: { description: 'The networks of an epoch that keep_every kept. Absent: those of the end.', type: 'integer', minimum: 1 },
    folder: { description: 'The folder of the outputs, in the run folder.', type: 'string', pattern: '^[\\w-]+$', default: 'exported' },
  },
};
