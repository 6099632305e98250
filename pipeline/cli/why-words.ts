/** The sentences of `giverny why`. */
import type { Damage } from '../cache/find.ts';
import type { PlannedStage } from '../plan/plan.ts';
import { countText, durationText } from '../progress/words.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';
import type { StageRecord } from '../run-folder/run-record.ts';
import { localTime } from './local-time.ts';
import type { Made, StageAnswer } from './why-answer.ts';

const namedAtMost = 3;

function some(names: readonly string[]): string {
  return names.slice(0, namedAtMost).join(', ') + (names.length > namedAtMost ? ` and ${countText(names.length - namedAtMost)} more` : '');
}

export function damageText(damage: Damage): string {
  switch (damage.of) {
    case 'set-aside': return 'its cached output was found damaged when it was read, and is set aside';
    case 'record': return 'its record in the cache is damaged';
    case 'listing': return 'the list of its cached files is damaged or gone';
    case 'files': {
      const { total, gone, wrongSize } = damage;
      const parts = [gone.length === 0 ? undefined : `gone: ${some(gone)}`, wrongSize.length === 0 ? undefined : `not of their size: ${some(wrongSize)}`];
      return `${countText(gone.length + wrongSize.length)} of its ${countText(total)} cached ${total === 1 ? 'file' : 'files'} ${gone.length + wrongSize.length === 1 ? 'is' : 'are'} damaged (${parts.filter((part) => part !== undefined).join('; ')})`;
    }
  }
}

export const goneText = ({ run, record }: ListedRun): string => `${run} made it (${localTime(record.endedAt ?? record.startedAt)}); it is no longer in the cache`;

/** Undefined where there was none, or it ended well. */
export function lastAttemptText({ state, failure }: StageRecord): string | undefined {
  if (state === 'failed') return `its last attempt failed: ${failure?.message ?? 'it is not known why'}`;
  if (state === 'interrupted') return 'its last attempt was interrupted';
  if (state === 'running') return 'it is running now';
  return state === 'skipped' ? 'last time something that it reads failed' : undefined;
}

export const otherUsesText = ({ name, definition }: PlannedStage, uses: string): string => `never run as ${definition.uses}: the last ${name} used ${uses}`;

/** `flip depends on the output of resize; resize runs: size 128 → 64`: from the stages that are not there yet back to those that run, each once. */
export function behindTexts(names: readonly string[], answers: ReadonlyMap<string, StageAnswer>, said: Set<string> = new Set()): readonly string[] {
  return names.flatMap((name) => {
    if (said.has(name)) return [];
    said.add(name);
    const answer = answers.get(name)!;
    if (answer.kind === 'run') return [`${name} runs: ${shortReason(answer)}`];
    const on = answer.on ?? [];
    const itself = (answer.differences ?? []).length === 0 ? '' : ` and is changed itself, ${shortReason(answer)}`;
    return [[`${name} depends on the output of ${on.join(', ')}${itself}`, ...behindTexts(on, answers, said)].join('; ')];
  });
}

function shortReason({ differences = [], notes }: StageAnswer): string {
  const texts = differences.map(saidText);
  return texts.length === 0 ? (notes[0] ?? 'its output is not in the cache') : some(texts);
}

const saidText = ({ text, origin }: NonNullable<StageAnswer['differences']>[number]): string => (origin === undefined ? text : `${text} (${origin})`);

const titles: Readonly<Record<StageAnswer['kind'], string>> = {
  hit: 'cached', run: 'runs', depends: 'depends', waiting: 'did not run yet', running: 'is running', done: 'ran',
  failed: 'failed', skipped: 'did not run: something that it reads failed', interrupted: 'was interrupted',
};

/** Lines on one stage, the first of them its title. */
export function answerLines(answer: StageAnswer): readonly string[] {
  const { kind, stage, on, differences = [], notes, made, comparedWith, key } = answer;
  const title = kind === 'depends' ? `depends on the output of ${(on ?? []).join(', ')}` : titles[kind];
  return [
    `${stage}: ${title}${timeText(answer)}`,
    ...differences.map((each) => `  ${saidText(each)}`),
    ...notes.map((note) => `  ${note}`),
    ...(comparedWith === undefined ? [] : [`  compared with ${madeText(comparedWith)}, key ${shortKey(comparedWith.key)}`]),
    ...(made === undefined ? [] : [`  ${madeText(made)}`]),
    ...(key === undefined ? [] : [`  its key is ${kind === 'hit' ? key : shortKey(key)}`]),
  ];
}

function timeText({ kind, seconds }: StageAnswer): string {
  if (seconds === undefined || kind === 'hit') return '';
  return kind === 'run' || kind === 'depends' ? `, about ${durationText(seconds)} last time` : `, ${durationText(seconds)}`;
}

const madeText = ({ run, created, seconds }: Made): string => `${run === undefined ? 'what was made' : `what ${run} made`} on ${localTime(created)} in ${durationText(seconds)}`;

/** As much as run folders show of a digest; `--json` has it whole. */
const shortKey = (key: string): string => key.slice(0, 12);
