/** Where the `giverny` command begins: the one place, beside stage-process.ts, that joins the runner and the stages. */
import { fileURLToPath } from 'node:url';
import { runAsProcess } from './host-process.ts';

// From source both are TypeScript in this folder; bundled, both are JavaScript in dist/.
const stageScript = import.meta.url.endsWith('.ts') ? './stage-process.ts' : './stage-process.js';

export const run = (): Promise<void> => runAsProcess({
  loadCatalog: async () => (await import('../../stages/index.ts')).catalog,
  stageScript: fileURLToPath(new URL(stageScript, import.meta.url)),
});
