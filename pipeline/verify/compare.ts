/** Holds what a stage made again against what a run recorded, file by file and, where they differ, number by number. */
import type { NumericDifference } from '../catalog.ts';
import type { ListedFile } from '../plan/digest.ts';

export interface StageFiles {
  readonly files: readonly ListedFile[];
  /** Where the content of a file lies; undefined where it is no longer kept. */
  locate(path: string): Promise<string | undefined>;
}

export interface DifferingFile {
  readonly path: string;
  /** differs: in content. missing: not made again. extra: only made now. */
  readonly how: 'differs' | 'missing' | 'extra';
  /** Of one that differs, where both hold the same numbers. */
  readonly numbers?: NumericDifference;
}

export interface StageComparison {
  readonly stage: string;
  readonly files: number;
  /** Sorted by path. Empty: every file has the digest that was recorded. */
  readonly differing: readonly DifferingFile[];
  /** Files that only a training that was never continued makes: samples and networks of epochs that were not asked for yet. */
  readonly left: number;
}

export interface CompareRequest {
  readonly stage: string;
  readonly recorded: StageFiles;
  readonly made: StageFiles;
  /** Of a stage that keeps checkpoints the recorded files may be fewer: see {@link StageComparison.left}. */
  readonly mayBeFewer: boolean;
  compareNumbers?(path: string, recorded: string, made: string): Promise<NumericDifference | undefined>;
}

export async function compareStage({ stage, recorded, made, mayBeFewer, compareNumbers }: CompareRequest): Promise<StageComparison> {
  const [before, after] = [recorded, made].map(({ files }) => new Map(files.map((file) => [file.path, file])));
  const differing: DifferingFile[] = [];
  let left = 0;
  for (const path of [...new Set([...before!.keys(), ...after!.keys()])].sort()) {
    const [was, is] = [before!.get(path), after!.get(path)];
    if (was === undefined && mayBeFewer) left += 1;
    else if (was === undefined || is === undefined) differing.push({ path, how: was === undefined ? 'extra' : 'missing' });
    else if (was.digest !== is.digest) {
      const [here, there] = [await recorded.locate(path), await made.locate(path)];
      const numbers = here === undefined || there === undefined ? undefined : await compareNumbers?.(path, here, there);
      differing.push({ path, how: 'differs', ...(numbers === undefined ? {} : { numbers }) });
    }
  }
  return { stage, files: recorded.files.length, differing, left };
}

/** The largest of several files' differences; undefined where one of them is not of numbers alone. */
export function largestDifference({ differing }: StageComparison): NumericDifference | undefined {
  let largest: NumericDifference | undefined;
  for (const { numbers } of differing) {
    if (numbers === undefined) return undefined;
    largest = largest === undefined ? numbers : {
      absolute: Math.max(largest.absolute, numbers.absolute), relative: Math.max(largest.relative, numbers.relative),
      values: largest.values + numbers.values, differing: largest.differing + numbers.differing,
    };
  }
  return largest;
}
