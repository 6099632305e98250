import { ok } from '../../pipeline/failure.ts';
import type { StageDefinition } from '../../pipeline/stage.ts';
import { imageSetFailures } from '../image-set/failures.ts';
import { imageSetOutputs } from '../image-set/output.ts';
import { flipSchema } from './schema.ts';
import type { FlipParams } from './schema.ts';

/** Mirrors images of the train split, once, as the chapter does when it loads them. */
export const flipStage: StageDefinition<FlipParams> = {
  uses: 'flip',
  version: 2,
  summary: 'Mirror training images left to right by one seeded coin per index, for both domains together.',
  schema: flipSchema,
  inputs: { min: 1, max: 1 },
  reads: ['images'],
  makes: 'images',
  engine: false,
  failures: imageSetFailures,
  outputs: () => imageSetOutputs,
  prepare(params) {
    const { probability } = params as FlipParams;
    return ok({ params: { probability }, keyed: { probability }, random: probability > 0 && probability < 1 });
  },
  load: async () => (await import('./run.ts')).implementation,
};
