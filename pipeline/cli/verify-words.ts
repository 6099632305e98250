/** The comparison of `giverny verify`, and how it is said. */
import type { Cache } from '../cache/cache.ts';
import type { NumericDifference } from '../catalog.ts';
import type { RunFolderPlace } from '../execute/run-folder-places.ts';
import { countText, figureText } from '../progress/words.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';
import { readRunRecord } from '../run-folder/run-record.ts';
import { compareStage, type DifferingFile, type StageComparison } from '../verify/compare.ts';
import { recordedFiles } from '../verify/recorded.ts';
import type { VerificationScope } from '../verify/scope.ts';
import { judge, type Verdict } from '../verify/verdict.ts';
import type { CommandIo } from './command.ts';
import { table } from './table.ts';
import { join } from 'node:path';

export type StageVerification = StageComparison & Verdict & {
  /** Of the recorded files only the digest of all together is known: the cache no longer has their list. */
  readonly onlyDigest?: true;
  /** Something that it reads was not made equal. */
  readonly inputDiffers: boolean;
};

export interface ScopeComparison {
  readonly scope: VerificationScope;
  readonly run: ListedRun;
  readonly kept: Cache;
  readonly fresh: Cache;
  readonly freshRoot: string;
  readonly places: ReadonlyMap<string, RunFolderPlace>;
  readonly elsewhere: boolean;
  compareNumbers?(path: string, recorded: string, made: string): Promise<NumericDifference | undefined>;
}

export async function compareScope({ scope, run, kept, fresh, freshRoot, places, elsewhere, compareNumbers }: ScopeComparison): Promise<readonly StageVerification[]> {
  const freshFolder = join(freshRoot, 'runs', scope.plan.runName);
  const record = await readRunRecord(freshFolder);
  const again = record.ok && record.value !== undefined ? record.value.stages : {};
  const verified: StageVerification[] = [];
  for (const { name, prepared, from } of scope.plan.stages.filter((stage) => scope.compared.includes(stage.name))) {
    const { outputs } = run.record.stages[name]!;
    const [was, is] = [await recordedFiles(outputs!, kept, run.folder, places.get(name)!.folder), await recordedFiles(again[name]!.outputs!, { ...kept, root: freshRoot, listing: fresh.listing }, freshFolder, places.get(name)!.folder)];
    const inputDiffers = verified.some(({ stage, verdict }) => from.includes(stage) && verdict !== 'equal');
    if (was === undefined) {
      const equal = outputs === again[name]!.outputs;
      verified.push({ stage: name, files: is!.files.length, left: 0, differing: equal ? [] : [{ path: 'all together', how: 'differs' }], verdict: equal ? 'equal' : 'differs', onlyDigest: true, inputDiffers });
      continue;
    }
    const compared = await compareStage({ stage: name, recorded: was, made: is!, mayBeFewer: prepared.trajectory !== undefined, ...(compareNumbers && { compareNumbers }) });
    verified.push({ ...compared, ...judge(compared, elsewhere), inputDiffers });
  }
  return verified;
}

export interface PrintedVerification {
  readonly run: string;
  readonly stages: readonly StageVerification[];
  readonly elsewhere: readonly string[];
  readonly json: boolean;
}

export function printVerification({ run, stages, elsewhere, json }: PrintedVerification, io: CommandIo): void {
  const verdict = stages.some((stage) => stage.verdict === 'differs') ? 'differs' : stages.every((stage) => stage.verdict === 'equal') ? 'equal' : 'equal-within';
  if (json) {
    for (const stage of stages) io.stdout(`${JSON.stringify({ run, ...stage })}\n`);
    io.stdout(`${JSON.stringify({ total: true, run, verdict, elsewhere })}\n`);
    return;
  }
  io.stdout(table(stages.map((stage) => [stage.stage, verdictText(stage), `${countText(stage.files)} ${stage.files === 1 ? 'file' : 'files'}`, details(stage)])));
  for (const line of elsewhere) io.stdout(`not as it was then: ${line}\n`);
  io.stdout(`${run}: ${{ 'equal': 'equal, every digest as recorded', 'equal-within': 'equal within the figures above', 'differs': 'differs' }[verdict]}\n`);
}

function verdictText(stage: StageVerification): string {
  if (stage.verdict === 'equal-within') return `equal within ${figureText(stage.numbers.absolute)} (relative ${figureText(stage.numbers.relative)})`;
  return stage.verdict;
}

function details(stage: StageVerification): string {
  const parts: string[] = [];
  const [first] = stage.differing;
  if (stage.onlyDigest === true && first !== undefined) parts.push('the list of the recorded files is no longer in the cache, so which differ cannot be said');
  else if (first !== undefined) {
    parts.push(`${countText(stage.differing.length)} ${stage.differing.length === 1 ? 'differs' : 'differ'}, the first: ${fileText(first)}`);
    if (stage.verdict === 'differs' && stage.numbers !== undefined && stage.differing.length > 1) parts.push(`of all ${numbersText(stage.numbers)}`);
  }
  if (first !== undefined && stage.inputDiffers) parts.push('what it reads is not equal');
  if (stage.left > 0) parts.push(`${countText(stage.left)} more are made by a training that was never continued, and were left out`);
  return parts.join('; ');
}

function fileText({ path, how, numbers }: DifferingFile): string {
  if (how !== 'differs') return `${path} ${how === 'missing' ? 'is not made again' : 'was not made then'}`;
  return numbers === undefined ? path : `${path}, ${numbersText(numbers)}`;
}

const numbersText = ({ absolute, relative, differing, values }: NumericDifference): string =>
  `largest difference ${figureText(absolute)} (relative ${figureText(relative)}; ${countText(differing)} of ${countText(values)} numbers)`;
