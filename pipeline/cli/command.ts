/** What every verb is given: where its words go, where it works, and what a pipeline can do. */
import type { Catalog } from '../catalog.ts';
import type { StageProcessEntry } from '../execute/stage-process-entry.ts';

export interface CommandIo {
  /** What was asked for: tables, JSON, a path. */
  readonly stdout: (text: string) => void;
  /** What people read while it happens: progress, warnings, failures. */
  readonly stderr: (text: string) => void;
  /** Relative paths on the command line are relative to it. */
  readonly cwd: string;
  readonly color: boolean;
  /** Whether stderr is a terminal on which lines can be drawn again (progress bars). */
  readonly terminal: boolean;
  readonly catalog: Catalog;
  /** Absolute path of the folder that holds `.giverny/` and `runs/`. */
  readonly root: string;
  /** The program that runs one engine stage in a process of its own. */
  readonly stageProcess: StageProcessEntry;
}

/** A verb: gets the arguments after its name, returns the exit code. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

/** What the process offers before a verb is chosen; the catalog is imported only for verbs that run. */
export type CommandHost = Omit<CommandIo, 'catalog' | 'root'> & { loadCatalog(): Promise<Catalog> };
