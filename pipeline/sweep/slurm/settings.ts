/** configs/executors/slurm.yaml: what jobs ask of a cluster. */
import { resolve } from 'node:path';
import type { EngineRequest } from '../../catalog.ts';
import { combine } from '../../config/check/problem.ts';
import { readConfig } from '../../config/read/extends.ts';
import { problemsBySchema } from '../../config/schema/schema-problems.ts';
import { nodeAt, toJson, type MapNode } from '../../config/tree/config-node.ts';
import { whereOf } from '../../config/tree/source.ts';
import { fail, failed, ok, type Failure, type Result } from '../../failure.ts';
import type { JsonSchema } from '../../stage.ts';

/** What one job asks for. Absent: what the cluster gives. */
export interface SlurmResources {
  readonly partition?: string;
  /** As Slurm writes it (`4:00:00`, `2-00:00:00`), or minutes. */
  readonly time?: string | number;
  readonly gres?: string | null;
  readonly cpus?: number;
  /** `16G`, or megabytes. */
  readonly memory?: string | number;
}

export interface SlurmSettings extends SlurmResources {
  readonly executor: 'slurm';
  readonly account?: string;
  readonly qos?: string;
  /** In the place of the values above, for jobs of which no stage runs tensors. */
  readonly without_engine?: SlurmResources;
  readonly engine?: EngineRequest;
  readonly max_concurrent?: number;
  readonly modules: readonly string[];
  readonly setup: readonly string[];
  readonly requeue: boolean;
  readonly max_restarts: number;
  readonly checkpoint_before_end: number;
  readonly ask_every: number;
  readonly file_delay: number;
  readonly sbatch: readonly string[];
}

const resources = {
  partition: { type: 'string', minLength: 1, description: 'The partition (queue); where absent, the cluster\'s default one.' },
  time: {
    anyOf: [{ type: 'string', pattern: '^(\\d+-)?\\d+(:\\d{1,2}){0,2}$' }, { type: 'integer', minimum: 1 }],
    description: 'The time limit of one job as sbatch takes it: hours:minutes:seconds, days-hours, or minutes. A training that is longer goes on where it was (requeue).',
  },
  gres: { type: ['string', 'null'], minLength: 1, description: 'Generic resources, as sbatch --gres takes them: gpu:1. Jobs of which no stage runs tensors ask for none unless without_engine says so.' },
  cpus: { type: 'integer', minimum: 1, description: 'Processors of one job (--cpus-per-task).' },
  memory: {
    anyOf: [{ type: 'string', pattern: '^\\d+[KMGT]?$' }, { type: 'integer', minimum: 1 }],
    description: 'Memory of one job on its node (--mem): 16G, or megabytes.',
  },
} as const;

export const slurmValidatorName = 'executor-slurm';

export const slurmSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['executor'],
  properties: {
    executor: { const: 'slurm', description: 'What this file configures.' },
    description: { type: ['string', 'null'], description: 'A note for people.' },
    ...resources,
    account: { type: 'string', minLength: 1, description: 'What the time is charged to (--account).' },
    qos: { type: 'string', minLength: 1, description: 'Quality of service (--qos).' },
    without_engine: {
      type: 'object', additionalProperties: false, properties: resources,
      description: 'For jobs of which no stage runs tensors (data that trials share), in the place of the values above.',
    },
    engine: {
      type: 'object', additionalProperties: false, required: ['backend'],
      properties: {
        backend: { enum: ['tensorflow', 'wasm'], description: 'What `engine: auto` of a config means on the cluster\'s nodes.' },
        device: { type: 'string', pattern: '^(cpu|gpu:[0-9]+)$', description: 'cpu, or one GPU by its number among those that a job is given: gpu:0.' },
      },
      description: 'What `engine: auto` of a config means on the cluster\'s nodes, since the machine that submits may have no GPU. Absent: TensorFlow, on gpu:0 where gres asks for a GPU, else on the CPU.',
    },
    max_concurrent: { type: 'integer', minimum: 1, description: 'Jobs that run at once, at most (%N of --array); -j goes before it. Absent: as many as the cluster lets run.' },
    modules: { type: 'array', items: { type: 'string', minLength: 1 }, uniqueItems: true, default: [], description: 'Environment modules that a job loads before giverny (module load).' },
    setup: { type: 'array', items: { type: 'string', minLength: 1 }, default: [], description: 'Lines of shell that a job runs before giverny, after its modules.' },
    requeue: { type: 'boolean', default: true, description: 'Whether a job goes back into the queue, and on from its newest checkpoint, after a preemption, the end of its time or the death of its node.' },
    max_restarts: { type: 'integer', minimum: 0, default: 100, description: 'How many times one job goes back into the queue at the end of its time.' },
    checkpoint_before_end: { type: 'integer', minimum: 10, default: 120, description: 'Seconds before the end of its time at which a job is told to write a checkpoint and stop.' },
    ask_every: { type: 'number', minimum: 0.2, default: 10, description: 'Seconds between two questions to Slurm while giverny waits for the jobs.' },
    file_delay: { type: 'number', minimum: 0, default: 60, description: 'Seconds after which what a node has written is surely seen here. On NFS it may be 60; less where the file system is quicker.' },
    sbatch: { type: 'array', items: { type: 'string', pattern: '^-' }, default: [], description: 'Further arguments of sbatch, one an item: --constraint=a100.' },
  },
};

/** Reads and checks the configuration `file` (absolute), with what it extends. Failures: as for a config. */
export async function readSlurmSettings(file: string): Promise<Result<SlurmSettings>> {
  const document = await readConfig(file);
  if (!document.ok) return fail(isNothing(document.failure, file) ? { ...document.failure, ...begin } : document.failure);
  const { root } = document.value;
  const value = toJson(root) as unknown as SlurmSettings;
  const problems = await problemsBySchema(slurmValidatorName, { root, path: [], schema: slurmSchema, value: value as never, alsoKnown: ['extends'] });
  if (problems.length > 0) return fail(combine(problems, resolve(file)));
  const [taken] = ownedArguments(value.sbatch, root);
  return taken === undefined ? ok(value) : fail(taken);
}

/** There is no such file, or it is empty. */
const isNothing = ({ code, where }: Failure, file: string): boolean =>
  where?.file === file && where.line === undefined && (code === 'config-not-found' || code === 'config-missing-key');

const begin = {
  expected: 'what the jobs ask of the cluster, at least executor: slurm',
  hint: 'giverny brings a configs/executors/slurm.yaml to begin with; docs/slurm.md has it, too',
} as const;

/** What giverny itself says to sbatch; twice, Slurm would take the last. */
const owned: Readonly<Record<string, string>> = {
  '-a': 'max_concurrent limits how many run at once', '--array': 'max_concurrent limits how many run at once',
  '-d': 'jobs wait for what they read by themselves', '--dependency': 'jobs wait for what they read by themselves',
  '-o': 'giverny sweep logs shows what jobs print', '--output': 'giverny sweep logs shows what jobs print',
  '-e': 'giverny sweep logs shows what jobs print', '--error': 'giverny sweep logs shows what jobs print',
  '-J': 'giverny finds its jobs by their name', '--job-name': 'giverny finds its jobs by their name',
  '-D': 'jobs start in the project\'s folder', '--chdir': 'jobs start in the project\'s folder',
  '--signal': 'checkpoint_before_end says when', '--requeue': 'requeue: true', '--no-requeue': 'requeue: false',
  '-H': 'giverny releases jobs once they know what to wait for', '--hold': 'giverny releases jobs once they know what to wait for',
  '--wrap': 'setup holds lines to run before giverny', '--parsable': 'giverny gives it', '-W': 'giverny waits unless --detach is given', '--wait': 'giverny waits unless --detach is given',
};

function ownedArguments(given: readonly string[], root: MapNode): readonly Failure[] {
  return given.flatMap((argument, index) => {
    const name = argument.startsWith('--') ? argument.split('=')[0]! : argument.slice(0, 2);
    const instead = Object.hasOwn(owned, name) ? owned[name] : undefined;
    if (instead === undefined) return [];
    const source = nodeAt(root, ['sbatch', String(index)])?.source;
    return [failed('config-invalid-value', `sbatch holds ${name}, which giverny gives itself`, { ...(source && { where: whereOf(source) }), hint: instead }).failure];
  });
}
