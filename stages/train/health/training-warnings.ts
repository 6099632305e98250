/** Everything that can be said against a training by what is known at the end of an epoch. */
import { colourInversion } from './colour-inversion.ts';
import { constantOutput } from './constant-output.ts';
import { cycleCollapse } from './cycle-collapse.ts';
import { explodingLoss } from './exploding-loss.ts';
import type { Detector, TrainingFacts, TrainingWarning } from './facts.ts';
import { idleDiscriminator } from './idle-discriminator.ts';
import { otherStatistics } from './other-statistics.ts';
import { saturatedDiscriminator } from './saturated-discriminator.ts';

export type { TrainingFacts, TrainingWarning, TranslatedPicture } from './facts.ts';

const detectors: readonly Detector[] = [saturatedDiscriminator, otherStatistics, idleDiscriminator, explodingLoss, cycleCollapse, colourInversion, constantOutput];

/** At most one of a kind; the same facts give the same warnings. */
export function trainingWarnings(facts: TrainingFacts): readonly TrainingWarning[] {
  return facts.epochs.length === 0 ? [] : detectors.flatMap((detect) => detect(facts));
}

/**
 * Those of {@link trainingWarnings} that the losses had not given a reason for an epoch ago; what only pictures show is
 * said again whenever some are drawn. It remembers nothing: what was seen in pictures before is for HealthWatch to know.
 */
export function newTrainingWarnings(facts: TrainingFacts): readonly TrainingWarning[] {
  const before = trainingWarnings({ ...facts, epochs: facts.epochs.slice(0, -1), pictures: [] });
  return trainingWarnings(facts).filter(({ kind }) => !before.some((warning) => warning.kind === kind));
}
