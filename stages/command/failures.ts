import { failures } from '../../pipeline/failure.ts';
import type { FailureTable } from '../../pipeline/failure.ts';

export const commandFailures = {
  'command-not-found': { exit: 1, when: 'The program of a command stage does not exist or may not be run.' },
  'command-failed': { exit: 1, when: 'The program of a command stage ended with an exit code other than 0.' },
  'command-killed': { exit: 1, when: 'The program of a command stage was ended by a signal that giverny did not send.' },
  'command-timeout': { exit: 1, when: 'The program of a command stage took longer than its timeout.' },
  'command-output-missing': { exit: 1, when: 'The program of a command stage ended well but did not write an output that the config declares.' },
} as const satisfies FailureTable;

export const commandFailed = failures(commandFailures);
