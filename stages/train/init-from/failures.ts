/** What can be wrong with the networks that training is to begin with. The train stage includes this table in its own. */
import { failures, type FailureTable } from '../../../pipeline/failure.ts';

export const initFromFailures = {
  'train-init-missing': { exit: 64, when: 'init_from names no run, a run without networks because it is not finished, or a folder without them.' },
  'train-init-mismatch': { exit: 64, when: 'The networks that init_from names have other layers or shapes than those that the config describes.' },
  'train-init-damaged': { exit: 1, when: 'A network that init_from names cannot be read: not JSON, fewer or more bytes of weights than it says, or not what it was when the run was planned.' },
} as const satisfies FailureTable;

/** Makes one of them. */
export const initFromFailed = failures(initFromFailures);
