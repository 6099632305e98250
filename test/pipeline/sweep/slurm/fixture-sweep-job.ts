/**
 * In the place of giverny: `fixture-sweep-job.ts sweep-job FOLDER JOB` counts to `steps`, one each 100 ms, keeps a
 * checkpoint as a training does, and writes its result as every job does. Each step is a line in `ledger`.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownerName, self } from '../../../../pipeline/cache/owner.ts';
import { jobSchema, readJobDescription, readJobResult, writeJobResult, type JobEndState } from '../../../../pipeline/sweep/job.ts';

export interface Behaviour {
  readonly steps: number;
  readonly fails?: boolean;
}

const [, , , folder, job] = process.argv as unknown as readonly [string, string, string, string, string];
const description = await readJobDescription(folder, job);
if (!description.ok) throw new Error(description.failure.message);
const { steps, fails } = description.value.config as unknown as Behaviour;
const startedAt = new Date().toISOString();
const note = (line: string): void => appendFileSync(join(folder, 'ledger'), `${job} ${line}\n`);

async function result(state: JobEndState, exit?: number): Promise<void> {
  const written = await writeJobResult(folder, {
    schema: jobSchema, job, state, identity: description.ok ? description.value.identity : '', host: hostname(), startedAt, failures: [],
    process: { pid: process.pid, owner: ownerName(await self()) }, ...(exit !== undefined && { exit, endedAt: new Date().toISOString() }),
  });
  if (!written.ok) throw new Error(written.failure.message);
}

async function end(state: JobEndState, exit: number): Promise<never> {
  await result(state, exit);
  note(`${state} ${Date.now()}`);
  process.exit(exit);
}

const before = await readJobResult(folder, job);
if (before.ok && before.value?.state === 'done') process.exit(0);
let stopped = false;
process.on('SIGTERM', () => { stopped = true; });
await result('running');
note(`begins ${Date.now()} on ${process.env['SLURMD_NODENAME']}`);
console.log(`${job} prints`);
const checkpoint = join(folder, `${job}.checkpoint`);
for (let step = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0; step < steps; step += 1) {
  if (stopped) await end('interrupted', 143);
  await sleep(100);
  note(`step ${step}`);
  writeFileSync(checkpoint, String(step + 1));
}
await (fails === true ? end('failed', 1) : end('done', 0));
