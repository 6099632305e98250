import { hostStage } from '../../../pipeline/execute/stage-host.ts';
import { fixtureCatalog } from './fixture-stages.ts';

hostStage(async () => fixtureCatalog);
