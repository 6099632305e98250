import { failures } from '../../pipeline/failure.ts';
import type { FailureTable } from '../../pipeline/failure.ts';
import { imageSetFailures } from '../image-set/failures.ts';

export const normalizeFailures = {
  ...imageSetFailures,
  'image-sizes-differ': { exit: 1, when: 'The images of a set are not all of one size, so they fit no array.' },
} as const satisfies FailureTable;

export const normalizeFailed = failures(normalizeFailures);
