import { failed, ok } from '../../pipeline/failure.ts';
import type { StageDefinition } from '../../pipeline/stage.ts';
import { imageSetOutputs } from '../image-set/output.ts';
import { normalizeFailures } from './failures.ts';
import { normalizeSchema } from './schema.ts';
import type { NormalizeParams } from './schema.ts';

/** Images to numbers: float32 arrays that numpy opens, one a split and domain. */
export const normalizeStage: StageDefinition<NormalizeParams> = {
  uses: 'normalize',
  version: 2,
  summary: 'Turn images into float32 arrays (.npy), one a split and domain, scaled to a range.',
  schema: normalizeSchema,
  inputs: { min: 1, max: 1 },
  reads: ['images'],
  makes: 'arrays',
  engine: false,
  failures: normalizeFailures,
  outputs: () => imageSetOutputs,
  prepare(params, places) {
    const { range } = params as NormalizeParams;
    if (range[0] >= range[1]) {
      const where = places.where('range');
      return failed('config-invalid-value', `range is [${range.join(', ')}]`, {
        ...(where && { where }),
        expected: 'two numbers, the smaller first, such as [-1, 1]',
      });
    }
    return ok({ params: { range }, keyed: { range }, random: false });
  },
  load: async () => (await import('./run.ts')).implementation,
};
