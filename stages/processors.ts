/**
 * How many processors this process may really use. Node's availableParallelism knows the affinity (taskset, a Slurm with
 * task/affinity, a cpuset); of a container's quota only newer Nodes know (libuv 1.49), and of what Slurm has allotted none.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

export interface Processors {
  /** At least 1. */
  readonly count: number;
  /** What keeps it below the machine's, in words; undefined where nothing does. */
  readonly limit?: string;
}

/** Where the kernel tells of quotas: given by tests. */
export interface CgroupFiles {
  /** The mount of the cgroup file systems. */
  readonly mount: string;
  /** This process's groups. */
  readonly self: string;
}

const kernel: CgroupFiles = { mount: '/sys/fs/cgroup', self: '/proc/self/cgroup' };

/** The fewest of what the affinity, the container's quota and Slurm allow. Part of a processor counts as one. */
export function usableProcessors(environment: NodeJS.ProcessEnv = process.env, files: CgroupFiles = kernel): Processors {
  const quota = cgroupQuota(files);
  const limits: Processors[] = [
    ...(quota === undefined ? [] : [{ count: Math.max(1, Math.ceil(quota)), limit: `the container's quota of ${Number(quota.toFixed(2))} processors` }]),
    ...['SLURM_CPUS_PER_TASK', 'SLURM_CPUS_ON_NODE'].flatMap((name) => {
      const count = wholeNumber(environment[name]);
      return count === undefined ? [] : [{ count, limit: `${name}=${count}` }];
    }),
  ];
  return limits.reduce((fewest, each) => (each.count < fewest.count ? each : fewest), { count: availableParallelism() });
}

/** Undefined where a variable is not set, or is no number of threads. */
export const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,3}$/.test(text.trim()) ? Number(text) : undefined;

/** Processors' worth of time in a period: the least of this process's groups and of those around them. Undefined: no quota. */
function cgroupQuota({ mount, self }: CgroupFiles): number | undefined {
  const quotas = (read(self) ?? '').split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers === '') return foldersUpward(path).map((folder) => quotaOf(...words(join(mount, folder, 'cpu.max'))));
    if (!controllers!.split(',').includes('cpu')) return [];
    const version1 = join(mount, controllers!);
    return foldersUpward(path).map((folder) => quotaOf(...words(join(version1, folder, 'cpu.cfs_quota_us')), ...words(join(version1, folder, 'cpu.cfs_period_us'))));
  });
  const set = quotas.filter((quota) => quota !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
}

/** `/a/b` → `/a/b`, `/a`, `/`. In a container the path may be the host's: then only the last is there, and is the container's. */
function foldersUpward(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((_, index) => `/${names.slice(0, names.length - index).join('/')}`).concat('/');
}

/** Microseconds of each period; `max` and -1 are none. */
function quotaOf(quota = '', period = ''): number | undefined {
  const share = Number(quota) / Number(period);
  return share > 0 && Number.isFinite(share) ? share : undefined;
}

const words = (file: string): string[] => (read(file) ?? '').trim().split(/\s+/);

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
