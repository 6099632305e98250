/** What `giverny why` answers, a stage: the shape that is printed, and that `--json` writes. */
import type { KeyRecord } from '../cache/key-record.ts';
import type { ManifestDifference } from '../plan/manifest-differences.ts';
import type { StageState } from '../progress/events.ts';
import { listRuns, type ListedRun } from '../run-folder/list-runs.ts';

/** An execution whose outputs are, or were, in the cache. */
export interface Made {
  readonly key: string;
  /** The run that made it; absent where nobody remembers. */
  readonly run?: string;
  /** ISO 8601. */
  readonly created: string;
  readonly seconds: number;
}

export type SaidDifference = ManifestDifference & {
  readonly text: string;
  /** Where the new value comes from: `file:line:column`, `command line: path=value` or `default`. Absent: from no config. */
  readonly origin?: string;
};

export interface StageAnswer {
  readonly stage: string;
  readonly uses: string;
  /** Of a plan: hit, run or depends. Of a run: how the stage stands in it. */
  readonly kind: 'hit' | 'run' | 'depends' | StageState;
  /** The stages whose outputs must be seen first. */
  readonly on?: readonly string[];
  readonly key?: string;
  /** Against `comparedWith`, the nearest earlier key. */
  readonly differences?: readonly SaidDifference[];
  readonly comparedWith?: Made;
  /** Of a hit: who made it. */
  readonly made?: Made;
  /** How long it took: in this run, or the last time. */
  readonly seconds?: number;
  /** All else, a sentence each. */
  readonly notes: readonly string[];
}

/** Which run made what: as the cache noted it, or, for what an older giverny made, as the run folders say. */
export class Makers {
  readonly #root: string;
  #runs: Promise<readonly ListedRun[]> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  async made({ key, run, created, seconds }: KeyRecord): Promise<Made> {
    const maker = run ?? (await this.runThatMade(key))?.run;
    return { key, ...(maker === undefined ? {} : { run: maker }), created, seconds };
  }

  /** The first that says that it made what has this key. */
  async runThatMade(key: string): Promise<ListedRun | undefined> {
    this.#runs ??= listRuns(this.#root);
    return (await this.#runs).findLast(({ record }) => Object.values(record.stages).some((stage) => stage.key === key && stage.state === 'done'));
  }
}
