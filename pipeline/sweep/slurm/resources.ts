/** What each job asks of the cluster, and how sbatch is told. Pure. */
import type { JobNeeds } from '../sweep-record.ts';
import type { SlurmResources, SlurmSettings } from './settings.ts';

/** Jobs that prepare data take no GPU away from those that train. */
export function resourcesFor({ engine, gpus }: JobNeeds, settings: SlurmSettings): SlurmResources {
  const { partition, time, gres, cpus, memory } = settings;
  const common = { partition, time, cpus, memory, gres: engine ? (gpus > 0 ? gres : withoutGpus(gres)) : undefined };
  return withoutAbsent(engine ? common : { ...common, ...withoutAbsent(settings.without_engine ?? {}) });
}

function withoutGpus(gres: string | null | undefined): string | undefined {
  const others = (gres ?? '').split(',').filter((each) => each !== '' && each !== 'gpu' && !each.startsWith('gpu:'));
  return others.length === 0 ? undefined : others.join(',');
}

const withoutAbsent = (given: { readonly [K in keyof SlurmResources]: SlurmResources[K] | undefined }): SlurmResources =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null));

export interface ArrayRequest {
  readonly settings: SlurmSettings;
  readonly resources: SlurmResources;
  readonly tasks: number;
  /** How many run at once, at most; undefined: any number. */
  readonly atOnce: number | undefined;
  /** Shown by squeue; the array is found again by it. */
  readonly name: string;
  /** Absolute path of the folder in which jobs start. */
  readonly root: string;
  /** A file-name pattern of Slurm's: `%a` in it is the task's index. */
  readonly output: string;
  /** Held until what its tasks wait for is said. */
  readonly hold: boolean;
}

/** The arguments of sbatch, but for the script. */
export function sbatchArguments({ settings, resources, tasks, atOnce, name, root, output, hold }: ArrayRequest): readonly string[] {
  const { partition, time, gres, cpus, memory } = resources;
  const { account, qos } = settings;
  const limit = atOnce === undefined || atOnce >= tasks ? '' : `%${atOnce}`;
  const given = { partition, time, gres, 'cpus-per-task': cpus, mem: memory, account, qos };
  return [
    '--parsable', '--nodes=1', '--ntasks=1', `--array=0-${tasks - 1}${limit}`,
    `--job-name=${name}`, `--chdir=${root}`, `--output=${output}`, '--open-mode=append',
    settings.requeue ? '--requeue' : '--no-requeue', '--kill-on-invalid-dep=yes',
    `--signal=B:USR1@${settings.checkpoint_before_end}`,
    ...(hold ? ['--hold'] : []),
    ...Object.entries(given).filter(([, value]) => value !== undefined && value !== null).map(([flag, value]) => `--${flag}=${value}`),
    ...settings.sbatch,
  ];
}
