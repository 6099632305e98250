/** The failures that all stages which read or write images share. */
import { failures } from '../../pipeline/failure.ts';
import type { FailureTable } from '../../pipeline/failure.ts';

export const imageSetFailures = {
  'image-unreadable': { exit: 1, when: 'A file is not an image, or is a damaged one.' },
  'image-names-clash': { exit: 1, when: 'Two images of one folder would get the same name.' },
  'domain-empty': { exit: 1, when: 'A split of the data has no image in one of its domains.' },
} as const satisfies FailureTable;

export const imageSetFailed = failures(imageSetFailures);
