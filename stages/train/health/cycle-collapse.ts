/** Cycles that never began to close: what comes back is no better than one colour for each image, since the start. */
import { figure, iterationsDone, type Detector, type TrainingFacts } from './facts.ts';
import { deviationFromOwnColour } from './picture-statistics.ts';

/** A training that goes well is far below the level of single colours after a hundred iterations; slow ones are given time. */
const earliest = 1000;
/** Less than this much of the first epoch's loss would be progress, if a slow one. */
const leastProgress = 0.8;
/** Five grey levels of 256: images that are flat themselves come back with larger errors than one colour would make. */
const leastLevel = 0.04;

export const cycleCollapse: Detector = (facts) => {
  if (iterationsDone(facts) < earliest || facts.epochs.length < 2) return [];
  const stuck = (['A', 'B'] as const).flatMap((domain) => {
    const level = levelOfSingleColours(facts, domain);
    const losses = facts.epochs.map(({ terms }) => terms[`cycle_${domain}`] ?? NaN);
    return level !== undefined && losses.every((loss) => loss >= level && loss >= leastProgress * losses[0]!)
      ? [`cycle_${domain} stands at ${figure(losses.at(-1)!)}, and one colour for each image would give ${figure(level)}`] : [];
  });
  if (stuck.length === 0) return [];
  return [{
    kind: 'cycle-collapse',
    message: `${stuck.join('; ')}: the generators keep nothing of the images. Try a smaller optimizer.learning_rate (a larger one if the losses hardly move at all), or a larger loss.weights.cycle.`,
  }];
};

/** Mean |x − its mean colour| of the drawn images of a domain; undefined where none were drawn, or they are flat. */
function levelOfSingleColours({ pictures, shape }: TrainingFacts, domain: 'A' | 'B'): number | undefined {
  const originals = pictures.filter(({ translation }) => translation.startsWith(domain)).map(({ original }) => original);
  if (originals.length === 0) return undefined;
  const level = originals.reduce((sum, image) => sum + deviationFromOwnColour(image, shape[2]), 0) / originals.length;
  return level >= leastLevel ? level : undefined;
}
