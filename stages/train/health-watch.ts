/** Says in plain words what goes wrong with a training, each kind once until it ends. */
import { newTrainingWarnings, trainingWarnings } from './health/training-warnings.ts';
import type { TrainingFacts } from './health/training-warnings.ts';
import type { Sample } from './samples/sampler.ts';

export class HealthWatch {
  readonly #settings: Pick<TrainingFacts, 'loss' | 'shape'>;
  readonly #warn: (line: string) => void;
  /** What the pictures that were drawn last showed; what the metrics show can be told from them again. */
  #seenInPictures: ReadonlySet<string>;

  /** `seen`: {@link seenInPictures} of the training that goes on here. */
  constructor(settings: Pick<TrainingFacts, 'loss' | 'shape'>, warn: (line: string) => void, seen: readonly string[] = []) {
    this.#settings = settings;
    this.#warn = warn;
    this.#seenInPictures = new Set(seen);
  }

  /** Kinds of warnings, for the checkpoint: so that a training that continues does not say them again. */
  get seenInPictures(): readonly string[] {
    return [...this.#seenInPictures];
  }

  /** Looks at the epochs so far and at the samples that were drawn after the last, if any were. */
  look(epochs: TrainingFacts['epochs'], samples: readonly Sample[]): void {
    const pictures = samples.map(({ translation, panels }) => ({ translation, original: panels[0]!, generated: panels[1]! }));
    const facts: TrainingFacts = { ...this.#settings, epochs, pictures };
    for (const { kind, message } of newTrainingWarnings(facts)) if (!this.#seenInPictures.has(kind)) this.#warn(message);
    if (pictures.length === 0) return;
    const inMetrics = new Set(trainingWarnings({ ...facts, pictures: [] }).map(({ kind }) => kind));
    this.#seenInPictures = new Set(trainingWarnings(facts).flatMap(({ kind }) => (inMetrics.has(kind) ? [] : [kind])));
  }
}
