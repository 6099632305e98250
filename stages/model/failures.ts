/** What can be wrong between a network and the images it is given. The train stage includes this table in its own. */
import { failures, type FailureTable } from '../../pipeline/failure.ts';

export const modelFailures = {
  'image-size-not-multiple-of-4': { exit: 64, when: 'The images are not a multiple of 4 pixels high and wide: the generator halves them twice and doubles them twice.' },
  'image-too-small': { exit: 64, when: 'The images are too small for the discriminator, or a quarter of their size is less than two pixels.' },
} as const satisfies FailureTable;

export const modelFailed = failures(modelFailures);
