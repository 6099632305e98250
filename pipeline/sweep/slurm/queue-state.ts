/** What Slurm says of its jobs, as `squeue` prints it, in the words of an executor. Pure. */
import type { ObservedState } from '../executor.ts';
import { parseIndexList } from './task-list.ts';

/** One task of an array of jobs. */
export interface QueuedTask {
  /** The name of its array's submission. */
  readonly name: string;
  /** The array's number. */
  readonly array: number;
  readonly index: number;
  readonly state: ObservedState;
  /** Slurm's own word, such as `PENDING`. */
  readonly word: string;
  /** Why it waits or how it ended, as Slurm calls it: `JobArrayTaskLimit`. */
  readonly reason: string;
  /** Empty while it waits. */
  readonly node: string;
  /** It waits until someone says `scontrol release`. */
  readonly held: boolean;
}

/**
 * For `squeue --noheader`: the reason last, since sites may put anything there. Not with `--array`: of a list of tasks such
 * as 0-30:3 Slurm 22.05 then leaves out the last.
 */
export const queueFormat = '%j|%F|%K|%T|%N|%r';

/** In full, however long: squeue cuts lists of tasks at 64 characters, if nothing is said. */
export const queueEnvironment = { SLURM_BITSTR_LEN: '0' } as const;

/** Lines that are no task of an array (warnings of a site, jobs of other kinds) are left out. Tasks that wait share a line, and its reason. */
export function parseQueue(text: string): readonly QueuedTask[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([^|]+)\|(\d+)\|([\d,:-]+)(?:%\d+)?\|([A-Z_+]+)\|([^|]*)\|(.*)$/.exec(line.trim());
    if (match === null) return [];
    const [, name, array, indices, word, node, reason] = match as unknown as readonly string[];
    const state = observedState(word!);
    const task = { name: name!, array: Number(array), state, word: word!, node: node!, reason: reason!, held: state === 'waiting' && reason === 'JobHeldUser' };
    return parseIndexList(indices!).map((index) => ({ ...task, index }));
  });
}

const waiting = new Set(['PENDING', 'REQUEUED', 'REQUEUE_FED', 'REQUEUE_HOLD', 'RESV_DEL_HOLD', 'SPECIAL_EXIT', 'CONFIGURING', 'POWER_UP_NODE']);
const ended = new Set(['BOOT_FAIL', 'CANCELLED', 'COMPLETED', 'DEADLINE', 'FAILED', 'LAUNCH_FAILED', 'NODE_FAIL', 'OUT_OF_MEMORY', 'PREEMPTED', 'RECONFIG_FAIL', 'REVOKED', 'TIMEOUT']);

/** A state that we do not know counts as running: what Slurm still has is not handed to it a second time. */
export const observedState = (word: string): ObservedState => (waiting.has(word) ? 'waiting' : ended.has(word) ? 'ended' : 'running');

const endings: Readonly<Record<string, string>> = {
  BOOT_FAIL: 'its node did not start',
  CANCELLED: 'it was cancelled',
  COMPLETED: 'it ended',
  DEADLINE: 'its deadline passed',
  FAILED: 'its process failed or was killed',
  LAUNCH_FAILED: 'its node could not start it',
  NODE_FAIL: 'its node failed',
  OUT_OF_MEMORY: 'it took more memory than it had asked for',
  PREEMPTED: 'it was preempted',
  TIMEOUT: 'it reached the time limit',
};

const reasons: Readonly<Record<string, string>> = {
  BeginTime: 'is back in the queue and may begin in a moment',
  Cleaning: 'is back in the queue; its node is being cleaned',
  Dependency: 'waits for jobs that it reads from',
  DependencyNeverSatisfied: 'waits for a job that did not end well',
  JobArrayTaskLimit: 'waits: as many run as max_concurrent allows',
  JobHeldAdmin: 'was held back by an administrator (scontrol release)',
  JobHeldUser: 'was held back (scontrol release)',
  NodeDown: 'waits: a node is down',
  None: 'waits in the queue',
  PartitionTimeLimit: 'cannot start: `time` is longer than the partition allows',
  PartitionNodeLimit: 'cannot start: the partition has no such nodes',
  Priority: 'waits: others come first',
  ReqNodeNotAvail: 'waits: the nodes that it asks for are down or reserved',
  Resources: 'waits for free resources',
};

/** A sentence's end for people: `waits for free resources`, `runs on node07`, `it reached the time limit`. */
export function explainTask({ state, word, reason, node }: QueuedTask): string {
  if (state === 'running') return node === '' ? 'runs' : `runs on ${node}`;
  if (state === 'ended') return reason === 'DependencyNeverSatisfied' ? 'a job that it reads from did not end well' : (endings[word] ?? word);
  if (/launch failed/i.test(reason)) return 'was held back after its node could not start it (scontrol release)';
  return reasons[reason.split(',')[0]!] ?? `waits (${reason})`;
}

const abnormal = new Set(['BOOT_FAIL', 'DEADLINE', 'LAUNCH_FAILED', 'NODE_FAIL', 'OUT_OF_MEMORY', 'PREEMPTED', 'TIMEOUT']);
const blocking = /^(DependencyNeverSatisfied|JobHeld|Partition|Assoc|QOS|BadConstraints|InvalidAccount|InvalidQOS|.*launch failed)/i;

/** Whether a person should hear of it: it waits for something that does not come by itself, or the cluster ended it. */
export const isNotable = ({ state, word, reason }: QueuedTask): boolean =>
  (state === 'waiting' ? blocking.test(reason) : state === 'ended' && abnormal.has(word));
