/** The arrays that networks see, and that are compared with what they make. */
import { failed } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageInput } from '../../pipeline/stage.ts';
import { readArraySet } from './input.ts';
import type { ArraySet } from './input.ts';

/** As {@link readArraySet}; fails with `stage-inputs` also where the values are not in [-1, 1], the range of the generators' tanh. */
export async function readNetworkImages(input: StageInput): Promise<Result<ArraySet>> {
  const set = await readArraySet(input);
  if (!set.ok) return set;
  const [low, high] = set.value.description.range ?? [-1, 1];
  if (low === -1 && high === 1) return set;
  return failed('stage-inputs', `stage ${input.stage} makes arrays in [${low}, ${high}]; the networks take and make images in [-1, 1]`, {
    hint: 'set range: [-1, 1] in the stage that normalizes the images',
  });
}
