/** The lines that both the terminal and the plain reporter print. */
import { describeProgress } from '../../progress/lines.ts';
import type { Throughput } from '../../progress/throughput.ts';
import { countText, durationText, figuresText } from '../../progress/words.ts';
import type { Progress } from '../../stage.ts';
import type { JobState } from '../job-state.ts';
import type { SweepCounts, SweepEvent } from '../sweep-events.ts';

type JobEnded = Extract<SweepEvent, { readonly event: 'job-ended' }>;

const words: Readonly<Record<JobState, string>> = {
  waiting: 'waiting', running: 'running', done: 'done', failed: 'failed', interrupted: 'interrupted', skipped: 'not run, because what it shares with others failed',
};

/** `0003 cycle=5 seed=2: done in 3 min 20 s  psnr_AtoB 22.31  (5 of 24)`. */
export function describeJobEnd({ title, state, seconds, main, failures, counts, trial }: JobEnded): string {
  const time = seconds === undefined || state === 'skipped' ? '' : ` ${state === 'done' ? 'in' : 'after'} ${durationText(seconds)}`;
  const [failure] = failures;
  const why = state === 'failed' && failure !== undefined ? `: ${failure.stage === undefined ? '' : `${failure.stage}: `}${failure.message}` : '';
  const of = trial === undefined ? '' : `(${endedText(counts)})`;
  return [`${title}: ${words[state]}${time}${why}`, figuresText(main), of].filter((part) => part !== '').join('  ');
}

/** `5 of 24`, or, where the sweep halves, `7 of 13 rung runs`. */
const endedText = ({ done, failed, trials, rungs }: SweepCounts): string =>
  (rungs === undefined ? `${countText(done + failed)} of ${countText(trials)}` : `${countText(rungs.ended)} of ${rungs.isExact ? '' : 'about '}${countText(rungs.expected)} rung runs`);

/** `0003 cycle=5: train: epoch 3 of 30, …`. */
export const describeJobProgress = (title: string, stage: string, progress: Progress, throughput: Throughput): string => `${title}: ${describeProgress(stage, progress, throughput)}`;

/** `5 of 24 trials done, 1 failed, 2 running`. */
export function describeCounts({ trials, done, failed, running, interrupted }: SweepCounts): string {
  const others = [[failed, 'failed'], [running, 'running'], [interrupted, 'interrupted']] as const;
  return [`${countText(done)} of ${countText(trials)} ${trials === 1 ? 'trial' : 'trials'} done`, ...others.flatMap(([count, word]) => (count === 0 ? [] : [`${countText(count)} ${word}`]))].join(', ');
}
