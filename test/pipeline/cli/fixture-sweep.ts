/** A sweep's folder as `giverny sweep` leaves it, around runs that are there. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepRecord } from '../../../pipeline/sweep/sweep-record.ts';

/** `owner`: of the process that follows it; by default one that is gone. */
export function addSweep(root: string, sweep: string, axis: string, values: readonly (readonly [value: number, run: string])[], owner = 'nobody'): string {
  const folder = join(root, 'runs/sweeps', sweep);
  mkdirSync(join(folder, 'trials'), { recursive: true });
  const record: SweepRecord = {
    schema: 1, name: sweep.slice(0, -9), digest: sweep.slice(-8).padEnd(64, '0'), command: ['giverny', 'sweep'], config: join(root, 'study.yaml'), on: 'local',
    process: { pid: 1, owner }, startedAt: '2026-01-01T00:00:00.000Z', onError: 'continue', offline: false, axes: [axis], jobs: [],
    trials: values.map(([value, run], index) => ({ trial: String(index + 1).padStart(4, '0'), values: { [axis]: value }, overrides: [`${axis}=${value}`], job: `trial-${index}`, run, identity: '' })),
  };
  for (const { trial, run } of record.trials) symlinkSync(join('../../..', run), join(folder, 'trials', trial));
  writeFileSync(join(folder, 'sweep.json'), JSON.stringify(record));
  return folder;
}
