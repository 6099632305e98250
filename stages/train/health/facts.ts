/** What is known when an epoch ends, and what a look at it may say. */
import type { ImageShape } from '../../model/spec.ts';
import type { Translation } from '../../translation.ts';
import type { EpochMetrics } from '../history.ts';
import type { LossSettings } from '../step/settings.ts';

/** One of the drawn samples; both images `[height, width, channels]`, values in [-1, 1]. */
export interface TranslatedPicture {
  readonly translation: Translation;
  readonly original: Float32Array;
  readonly generated: Float32Array;
}

export interface TrainingFacts {
  /** All epochs so far; the last is the one that ended. */
  readonly epochs: readonly EpochMetrics[];
  readonly loss: LossSettings;
  /** Drawn at the end of that epoch; none where none were. */
  readonly pictures: readonly TranslatedPicture[];
  readonly shape: ImageShape;
}

export const warningKinds = [
  'saturated-discriminator', 'other-statistics', 'idle-discriminator', 'exploding-loss', 'cycle-collapse', 'colour-inversion', 'constant-output', 'mode-collapse',
] as const;
export type WarningKind = (typeof warningKinds)[number];

export interface TrainingWarning {
  readonly kind: WarningKind;
  /** One or two plain sentences: what is seen, what it means, what to try. */
  readonly message: string;
}

/** A look at the facts and at nothing else, so that a run that was resumed says what one in one piece says. */
export type Detector = (facts: TrainingFacts) => readonly TrainingWarning[];

/** The first iterations are turbulent in every training: nothing is judged before this many of them. */
export const settledAfter = 500;

export const iterationsDone = ({ epochs }: Pick<TrainingFacts, 'epochs'>): number => epochs.at(-1)?.iteration ?? 0;

/** The newest epochs that together make at least `iterations`; none where all of them make fewer. An epoch may be one iteration long. */
export function newestEpochs(epochs: readonly EpochMetrics[], iterations: number): readonly EpochMetrics[] {
  const end = epochs.at(-1)?.iteration ?? 0;
  for (let first = epochs.length - 1; first >= 0; first--) {
    const begin = epochs[first - 1]?.iteration ?? 0;
    if (end - begin >= iterations) return epochs.slice(first);
  }
  return [];
}

/** `one`, `one and two`, `one, two and three`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

/** Three significant digits. */
export const figure = (value: number): string => String(Number(value.toPrecision(3)));
