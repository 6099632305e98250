/** The recipes that are trained from three seeds, and how far they may be from Keras in float64 then. */
import { Goldens } from './goldens.ts';
import { makeGoldens } from './keras.ts';
import { iterations } from './outcome.ts';
import { chapterHalf, chapterSmall, paperHalf, paperSmall } from './recipes.ts';
import type { SeedBounds, SeedRun } from './seeds.ts';

/** For the iterations after the first. */
const others = (bound: number): readonly number[] => Array.from({ length: iterations - 1 }, () => bound);

/** From the third seed units cross their corners (bounds.ts): the chapter's m is a third off after ten iterations, on wasm the paper's a hundredth. */
const chapterBounds: SeedBounds = { losses: [1e-5, ...others(5e-2)], weights: 1e-2, moments: 1 };
const paperBounds: SeedBounds = { losses: [1e-5, ...others(1e-3)], weights: 1e-3, moments: 1e-1 };
/**
 * At this width and the recipes' own rate float32 and float64 soon are two trainings: corners (bounds.ts) make weights nudged
 * by 3e-8 a hundredth off in the losses of the third iteration, and after ten the chapter's m is nine times its norm away.
 * So three iterations are held, each to about three times what the worst of three seeds was off (chapter: 2.3e-4, 3.3e-3,
 * 5.6e-2; paper: 2.6e-6, 2.4e-3, 6.4e-3); of the rest that it is finite, and that captured steps have the bits of eager ones.
 */
const chapterHalfBounds: SeedBounds = { losses: [7e-4, 1e-2, 1.5e-1] };
const paperHalfBounds: SeedBounds = { losses: [1e-5, 7e-3, 2e-2] };
/** The same in bfloat16, whose roundings are 2^-9 (chapter: 2.8e-2, 6.6e-2, 4.9e-2; paper: 1.5e-2, 3.4e-2, 4.5e-2). */
const bfloat16: SeedBounds = { losses: [8e-2, 2e-1, 1.5e-1] };

/** Their goldens are committed. */
export const smallSeeds = async (seeds: readonly number[]): Promise<readonly SeedRun[]> => [
  { name: 'chapter', seeds, recipe: chapterSmall, goldens: await Goldens.open('chapter-small-seeds'), bounds: chapterBounds },
  { name: 'paper', seeds, recipe: paperSmall, goldens: await Goldens.open('paper-small-seeds'), bounds: paperBounds },
];

/** Theirs are made, which takes minutes. */
export async function* halfSeeds(): AsyncGenerator<SeedRun> {
  yield { name: 'chapter', seeds: [1, 2, 3], recipe: chapterHalf, goldens: await makeGoldens('chapter-half-seeds'), bounds: chapterHalfBounds };
  yield { name: 'paper', seeds: [1, 2, 3], recipe: paperHalf, goldens: await makeGoldens('paper-half-seeds'), bounds: paperHalfBounds };
}

export const inBfloat16 = (run: SeedRun): SeedRun => ({ ...run, bounds: bfloat16 });
