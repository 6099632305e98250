import { ok } from '../../pipeline/failure.ts';
import type { StageDefinition } from '../../pipeline/stage.ts';
import { imageSetOutputs } from '../image-set/output.ts';
import { synthesizeSchema, type SynthesizeParams } from './schema.ts';

/** Draws two domains between which the true translation is known: see {@link SynthesizeParams}. */
export const synthesizeStage: StageDefinition<SynthesizeParams> = {
  uses: 'synthesize',
  version: 2,
  summary: 'draws two seeded, licence-free domains and a paired test split whose true translation is known',
  schema: synthesizeSchema,
  inputs: { min: 0, max: 0 },
  makes: 'images',
  engine: false,
  // All that can go wrong is checked by the schema, or is the runner's (a full disk).
  failures: {},
  outputs: () => imageSetOutputs,
  prepare(params) {
    const { task, size, train, test, pairs } = params as SynthesizeParams;
    // Absent where it is `test`: sets drawn before it could be asked for keep their keys.
    const keyed = { task, size, train, test, ...(pairs === 'all' && { pairs }) };
    return ok({ params: { task, size, train, test, pairs }, keyed, random: true });
  },
  load: async () => (await import('./run.ts')).implementation,
};
