/** The lines that both the terminal and the plain reporter print. */
import type { RunEvent, StageState } from './events.ts';
import type { Throughput } from './throughput.ts';
import type { Progress } from '../stage.ts';
import { doneText, durationText, figuresText, rateText } from './words.ts';

type StageEnded = Extract<RunEvent, { readonly event: 'stage-ended' }>;

const endWords: Readonly<Record<StageState, string>> = {
  waiting: 'waiting', running: 'running', hit: 'cached', done: 'done', failed: 'failed', skipped: 'not run, because something it reads failed', interrupted: 'interrupted',
};

export const describeStart = (stage: string, reason: string): string => `${stage}: running (${reason})`;

/** `train: done in 3 min 20 s  generator 3.214  discriminator 0.2511`. */
export function describeEnd({ stage, state, seconds, figures }: StageEnded): string {
  const time = state === 'done' || state === 'failed' || state === 'interrupted' ? ` ${state === 'done' ? 'in' : 'after'} ${durationText(seconds)}` : '';
  return [`${stage}: ${endWords[state]}${time}`, figures === undefined ? '' : figuresText(figures)].filter((part) => part !== '').join('  ');
}

/** `train: epoch 3 of 500, 12 of 60,500 iterations, 1.5 iterations/s, 11 h 12 min left, generator 3.2  discriminator 0.25`. */
export function describeProgress(name: string, progress: Progress, { perSecond, secondsLeft }: Throughput): string {
  const parts = [
    progress.phase,
    doneText(progress),
    perSecond === undefined ? undefined : rateText(perSecond, progress.unit),
    secondsLeft === undefined ? undefined : `${durationText(secondsLeft)} left`,
    progress.figures === undefined ? undefined : figuresText(progress.figures),
  ];
  return `${name}: ${parts.filter((part) => part !== undefined && part !== '').join(', ')}`;
}
