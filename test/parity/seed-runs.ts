/** The recipes that are trained from three seeds, and how far they may be from Keras in float64 then. */
import { Goldens } from './goldens.ts';
import { makeGoldens } from './keras.ts';
import { chapterHalf, chapterSmall, paperHalf, paperSmall } from './recipes.ts';
import type { SeedBounds, SeedRun } from './seeds.ts';

/** From the third seed units cross their corners (bounds.ts): the chapter's m is a third off after ten iterations, on wasm the paper's a hundredth. */
const chapterBounds: SeedBounds = { first: 1e-5, losses: 5e-2, weights: 1e-2, moments: 1 };
const paperBounds: SeedBounds = { first: 1e-5, losses: 1e-3, weights: 1e-3, moments: 1e-1 };
/**
 * At this width and the recipes' own rate float32 and float64 soon are two trainings: weights nudged by 3e-8 are a hundredth
 * off in the losses of the third iteration. What is asked is that captured steps are no further off than eager ones.
 */
const half: SeedBounds = { first: 1e-3, losses: 10, weights: 1, moments: 100 };
const bfloat16: SeedBounds = { first: 1e-1, losses: 20, weights: 1, moments: 200 };

/** Their goldens are committed. */
export const smallSeeds = async (seeds: readonly number[]): Promise<readonly SeedRun[]> => [
  { name: 'chapter', seeds, recipe: chapterSmall, goldens: await Goldens.open('chapter-small-seeds'), bounds: chapterBounds },
  { name: 'paper', seeds, recipe: paperSmall, goldens: await Goldens.open('paper-small-seeds'), bounds: paperBounds },
];

/** Theirs are made, which takes minutes. */
export async function* halfSeeds(): AsyncGenerator<SeedRun> {
  yield { name: 'chapter', seeds: [1, 2, 3], recipe: chapterHalf, goldens: await makeGoldens('chapter-half-seeds'), bounds: half };
  yield { name: 'paper', seeds: [1, 2, 3], recipe: paperHalf, goldens: await makeGoldens('paper-half-seeds'), bounds: half };
}

export const inBfloat16 = (run: SeedRun): SeedRun => ({ ...run, bounds: bfloat16 });
