/** Slurm, chosen by `--on slurm` (configs/executors/slurm.yaml) or by the path of its configuration. */
import { resolve } from 'node:path';
import type { EngineRequest } from '../../catalog.ts';
import { fail, ok, type Result } from '../../failure.ts';
import type { ExecutorChoice } from '../executor.ts';
import type { ExecutorRequest } from '../executors.ts';
import { engineOnNodes } from './engine-request.ts';
import { readSlurmSettings } from './settings.ts';

export const slurmSettingsFile = 'configs/executors/slurm.yaml';

/** Failures: those of reading and checking the configuration. */
export async function chooseSlurm({ on, folder, where }: ExecutorRequest): Promise<Result<SlurmChoice>> {
  const file = resolve(folder, on === 'slurm' ? slurmSettingsFile : on);
  const read = await readSlurmSettings(file);
  if (!read.ok) return fail(where !== undefined && read.failure.code === 'config-not-found' ? { ...read.failure, where } : read.failure);
  const settings = read.value;
  return ok({
    on: file,
    ...(settings.max_concurrent !== undefined && { jobsAtOnce: settings.max_concurrent }),
    observeEvery: settings.ask_every * 1000,
    engineRequest: (request) => engineOnNodes(settings, request),
    open: async (context) => {
      const [{ SlurmExecutor }, { runSlurm }] = await Promise.all([import('./executor.ts'), import('./commands.ts')]);
      const version = await runSlurm('sbatch', ['--version']);
      return version.ok ? ok(new SlurmExecutor(context, settings)) : version;
    },
  });
}

export interface SlurmChoice extends ExecutorChoice {
  engineRequest(request: EngineRequest): EngineRequest;
}
