import { ok } from '../../pipeline/failure.ts';
import type { StageDefinition } from '../../pipeline/stage.ts';
import { trainedGeneratorFailures } from '../model/trained-generator.ts';
import { exportSchema, type ExportParams } from './schema.ts';

/** Both generators in the formats of other programs; `giverny export` runs it on a finished run. */
export const exportStage: StageDefinition<ExportParams> = {
  uses: 'export',
  version: 1,
  summary: 'writes the trained generators as tfjs, Keras, SavedModel or ONNX, with a model card',
  schema: exportSchema,
  inputs: { min: 1, max: 2 },
  reads: ['networks'],
  engine: false,
  failures: trainedGeneratorFailures,
  outputs: ({ folder }) => [{ path: `${folder}/`, kind: 'reproducible', inRunFolder: true }],
  prepare: (raw) => ok({ params: raw as ExportParams, keyed: { ...(raw as ExportParams) }, random: false }),
  load: async () => (await import('./run.ts')).implementation,
};
