/** The program of a stage's own process: see pipeline/execute/stage-host.ts. */
import { hostStage } from '../execute/stage-host.ts';

hostStage(async () => (await import('../../stages/index.ts')).catalog);
