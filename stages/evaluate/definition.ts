import { ok } from '../../pipeline/failure.ts';
import type { StageDefinition } from '../../pipeline/stage.ts';
import { evaluationFile } from './evaluation.ts';
import { evaluateFailures } from './failures.ts';
import { evaluateSchema, type EvaluateParams } from './schema.ts';

/** Measures the trained generators on the test split, beside what needs no training: see evaluation.ts. */
export const evaluateStage: StageDefinition<EvaluateParams> = {
  uses: 'evaluate',
  version: 1,
  summary: 'measures the trained generators on the test split: PSNR, SSIM, texture distance, beside baselines',
  schema: evaluateSchema,
  inputs: { min: 2, max: 2 },
  engine: true,
  failures: evaluateFailures,
  outputs: ({ strip }) => [
    { path: evaluationFile, kind: 'reproducible', inRunFolder: true },
    ...(strip > 0 ? [{ path: 'evaluation/', kind: 'reproducible', inRunFolder: true } as const] : []),
  ],
  prepare(params) {
    const { images, directions, strip } = params as EvaluateParams;
    return ok({ params: { images, directions, strip }, keyed: { images, directions, strip }, random: true });
  },
  load: async () => (await import('./run.ts')).implementation,
};
