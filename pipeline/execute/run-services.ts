/** What every stage of one run shares. */
import type { Cache } from '../cache/cache.ts';
import type { Plan } from '../plan/plan.ts';
import type { Reporter } from '../progress/events.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import type { ReportWriter } from './report-writer.ts';
import type { RunFolderPlace } from './run-folder-places.ts';
import type { StageProcesses } from './stage-processes.ts';
import type { StageProcessEntry } from './stage-process-entry.ts';

export interface RunServices {
  readonly plan: Plan;
  /** By the stage's name. */
  readonly places: ReadonlyMap<string, RunFolderPlace>;
  readonly cache: Cache;
  readonly folder: RunFolder;
  /** The run folder as people should read it: relative where that is shorter. */
  readonly shownFolder: string;
  /** A path as people should read it. */
  shown(path: string): string;
  readonly reporter: Reporter;
  readonly report: ReportWriter;
  readonly stageProcess: StageProcessEntry;
  readonly processes: StageProcesses;
  readonly stop: AbortSignal;
  readonly offline: boolean;
  /** Stages to run again although they are cached. */
  readonly forced: ReadonlySet<string>;
}
