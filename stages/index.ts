/**
 * Everything a pipeline can do: the stages by the name that `uses` gives, and the services that need an engine or images.
 * Definitions are light; what is heavy is imported when it is called.
 */
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../pipeline/catalog.ts';
import type { StageDefinition } from '../pipeline/stage.ts';
import { commandStage } from './command/definition.ts';
import { evaluateStage } from './evaluate/definition.ts';
import { exportStage } from './export/definition.ts';
import { fetchStage } from './fetch/definition.ts';
import { flipStage } from './flip/definition.ts';
import { normalizeStage } from './normalize/definition.ts';
import { resizeStage } from './resize/definition.ts';
import { synthesizeStage } from './synthesize/definition.ts';
import { trainStage } from './train/definition.ts';
import { translateStage } from './translate/definition.ts';

const definitions: readonly StageDefinition[] = [
  synthesizeStage, fetchStage, resizeStage, flipStage, normalizeStage, trainStage, evaluateStage, translateStage, exportStage, commandStage,
];

export const catalog: Catalog = {
  stages: new Map(definitions.map((definition) => [definition.uses, definition])),
  userStages: {
    // From source it is TypeScript beside this file; bundled, it is an entry of its own beside every chunk.
    library: fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './user-stage.ts' : './user-stage.js', import.meta.url)),
    // The use that gives the same bits on any number of threads.
    loadEngine: async (selection) => (await import('./engine/index.ts')).loadEngine(selection, 'training'),
  },
  selectEngine: async (request, help) => (await import('./engine/index.ts')).selectEngine(request, help),
  writeReport: async (runFolder) => (await import('./report/write-report.ts')).writeReport(runFolder),
  summarize: async (runFolder) => (await import('./report/summarize.ts')).summarize(runFolder),
  examineCheckpoint: async (uses, folder) => (uses === trainStage.uses ? (await import('./train/checkpoint/examine.ts')).examineCheckpoint(folder) : undefined),
  readResults: async (runFolder, stages) => (await import('./comparison/run-results.ts')).readResults(runFolder, stages),
  comparisonPage: async (comparison) => (await import('./comparison/page/page.ts')).comparisonPage(comparison),
  compareFiles: async (path, recorded, made) => (await import('./comparison/compare-files.ts')).compareFiles(path, recorded, made),
};
