/**
 * The shell script of one array of jobs. It finds out which job it is, runs it, and at the end of its time has it write a
 * checkpoint and puts it back into the queue. Slurm signals this shell alone by USR1 then (`--signal=B:USR1@…`). TERM, which
 * it sends to every process of a job that is cancelled or preempted, reaches giverny without us: passed on it would come
 * twice, and a second one means "at once". Pure.
 */
import type { SlurmSettings } from './settings.ts';

export interface JobScript {
  /** Lines: the job of each index. */
  readonly jobsFile: string;
  /** The sweep's folder. */
  readonly folder: string;
  readonly giverny: readonly string[];
  readonly settings: Pick<SlurmSettings, 'modules' | 'setup' | 'requeue' | 'max_restarts'>;
}

export function jobScript({ jobsFile, folder, giverny, settings: { modules, setup, requeue, max_restarts: restarts } }: JobScript): string {
  return `#!/bin/bash
# Made by giverny sweep.
job=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${quoted(jobsFile)})
task="\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
echo "== $(date -u +%Y-%m-%dT%H:%M:%SZ) $job: Slurm job $task on \${SLURMD_NODENAME:-$(hostname)}\${SLURM_RESTART_COUNT:+, restart $SLURM_RESTART_COUNT}"
if [ -z "$job" ]; then echo "no job has the index $SLURM_ARRAY_TASK_ID in "${quoted(jobsFile)} >&2; exit 64; fi

timed_out=
trap 'timed_out=1; kill -TERM "$giverny" 2>/dev/null' USR1
trap : TERM
${modulesText(modules)}${setup.map((line) => `${line}\n`).join('')}
${[...giverny, 'sweep-job', folder].map(quoted).join(' ')} "$job" &
giverny=$!
if [ -n "$timed_out" ]; then kill -TERM "$giverny"; fi
while kill -0 "$giverny" 2>/dev/null; do wait "$giverny"; done
wait "$giverny"
code=$?
${requeue ? requeueText(restarts) : ''}exit "$code"
`;
}

/** A shell in which nobody has logged in may not know \`module\` yet. */
const modulesText = (modules: readonly string[]): string => (modules.length === 0 ? '' : `if ! command -v module >/dev/null; then . /etc/profile; fi
module load ${modules.map(quoted).join(' ')} || exit 1
`);

/** Only while Slurm says that it runs: one that was cancelled meanwhile must not come back. */
const requeueText = (restarts: number): string => `if [ -n "$timed_out" ] && [ "$code" -eq 143 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${restarts} ]; then
  unset "\${!SQUEUE_@}"
  if [ "$(squeue --noheader --jobs="$SLURM_JOB_ID" --format=%T)" = RUNNING ]; then
    echo "the time is up: a checkpoint is written, back into the queue"
    scontrol requeue "$task" && sleep 300
  fi
fi
`;

/** As one word of a shell. */
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
