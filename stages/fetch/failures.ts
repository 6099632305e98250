import { failures } from '../../pipeline/failure.ts';
import type { FailureTable } from '../../pipeline/failure.ts';
import { imageSetFailures } from '../image-set/failures.ts';

export const fetchFailures = {
  'domain-empty': imageSetFailures['domain-empty'],
  'image-names-clash': imageSetFailures['image-names-clash'],
  'fetch-refused': { exit: 1, when: 'The server answered that it has no such file or does not give it (404, 403, …).' },
  'fetch-unreachable': { exit: 1, when: 'The server could not be reached, or broke the connection again and again.' },
  'fetch-untrusted': { exit: 1, when: 'The server could not prove who it is (TLS).' },
  'fetch-wrong-digest': { exit: 1, when: 'The data is not what its sha256 says.' },
  'fetch-not-a-zip': { exit: 1, when: 'The data is not a zip, or is one that is cut short or damaged.' },
  'fetch-unsafe-archive': { exit: 1, when: 'A zip holds a path that leads out of it, a symbolic link, or an encrypted file.' },
  'fetch-not-paired': { exit: 1, when: 'The images of A and B cannot be pairs in a split that paired names: unequal numbers, or other names.' },
  'fetch-folder-missing': { exit: 1, when: 'The data has no such folder as splits names.' },
  'fetch-folders-ambiguous': { exit: 1, when: 'More than one top folder of the data has the folders that splits names.' },
} as const satisfies FailureTable;

export const fetchFailed = failures(fetchFailures);
