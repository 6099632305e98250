/** How long `giverny sweep --dry-run` takes: start-up, planning and the table of costs, of the chapter's config. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, type Measured } from './measure.ts';
import { giverny } from './peers.ts';

export interface Planned {
  readonly trials: number;
  readonly rounds: readonly Measured[];
}

const config = fileURLToPath(new URL('../../configs/quickstart.yaml', import.meta.url));

/** Each number of trials in turn, `rounds` times, in a project without a cache. */
export function measurePlanning(counts: readonly number[], rounds: number): readonly Planned[] {
  const planned = counts.map((trials) => ({ trials, rounds: new Array<Measured>() }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { trials, rounds: measured } of planned) {
      const folder = mkdtempSync(join(tmpdir(), 'giverny-bench-plan-'));
      try {
        cpSync(config, join(folder, 'study.yaml'));
        measured.push(measure({ folder, command: [...giverny(), 'sweep', 'study.yaml', `loss.weights.cycle=linspace(1,20,${trials})`, '--dry-run'] }));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  return planned;
}
