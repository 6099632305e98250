import type { StageDefinition } from '../../pipeline/stage.ts';
import { evaluationFile } from './evaluation.ts';
import { evaluateFailures } from './failures.ts';
import { prepareEvaluate } from './prepare.ts';
import { evaluateSchema, type EvaluateParams } from './schema.ts';

/** Measures the trained generators on the test split, beside what needs no training: see evaluation.ts. */
export const evaluateStage: StageDefinition<EvaluateParams> = {
  uses: 'evaluate',
  version: 4,
  summary: 'measures the trained generators on the test split: PSNR, SSIM, cycle L1, SWD, KID, texture distance, beside baselines',
  schema: evaluateSchema,
  inputs: { min: 2, max: 3 },
  reads: ['networks', 'arrays'],
  engine: true,
  failures: evaluateFailures,
  outputs: () => [
    { path: evaluationFile, kind: 'reproducible', inRunFolder: true },
    { path: 'evaluation/', kind: 'reproducible', inRunFolder: true },
  ],
  prepare: prepareEvaluate,
  load: async () => (await import('./run.ts')).implementation,
};
