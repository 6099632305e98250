/** The real command with the fixture's stages instead of the product's. */
import { fileURLToPath } from 'node:url';
import { runAsProcess } from '../../../pipeline/cli/host-process.ts';

await runAsProcess({
  loadCatalog: async () => (await import('./fixture-stages.ts')).fixtureCatalog,
  stageScript: fileURLToPath(new URL('./fixture-stage-process.ts', import.meta.url)),
});
