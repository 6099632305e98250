/** The arguments that `run` and `plan` share: a config, overrides, what to force. */
import { availableParallelism } from 'node:os';
import { failed, ok, type Result } from '../failure.ts';
import { readCommandLine } from './command-line.ts';

export interface RunArguments {
  readonly config: string;
  readonly overrides: readonly string[];
  /** `--force` alone forces every stage. */
  readonly force: 'nothing' | 'everything' | { readonly stage: string };
  readonly refetch: boolean;
  readonly offline: boolean;
  readonly jobs: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const everything = '*';

const flags = {
  'force': { type: 'string' },
  'refetch': { type: 'boolean' },
  'offline': { type: 'boolean' },
  'jobs': { type: 'string', short: 'j' },
  'dry-run': { type: 'boolean', short: 'n' },
  'json': { type: 'boolean' },
} as const;

export function readRunArguments(verb: 'run' | 'plan', args: readonly string[]): Result<RunArguments> {
  // parseArgs knows no optional values: a bare --force is one that forces everything.
  const line = readCommandLine(verb, args.map((argument) => (argument === '--force' ? `--force=${everything}` : argument)), flags);
  if (!line.ok) return line;
  const { positionals: [config, ...overrides], flags: given } = line.value;
  const hint = `giverny ${verb} --help`;
  if (config === undefined) return failed('usage', `giverny ${verb} needs a config`, { expected: `giverny ${verb} CONFIG [path=value…]`, hint });
  const stray = overrides.find((override) => !override.includes('='));
  if (stray !== undefined) return failed('usage', `giverny ${verb} takes one config, and ${stray} is not path=value`, { expected: 'stages.train.epochs=2', hint });
  const jobs = readJobs(given.jobs);
  if (jobs === undefined) return failed('usage', `--jobs ${given.jobs ?? ''} is not a number of stages`, { expected: 'a whole number from 1', hint });
  return ok({
    config, overrides, jobs,
    force: given.force === undefined ? 'nothing' : given.force === everything ? 'everything' : { stage: given.force },
    refetch: given.refetch === true, offline: given.offline === true, dryRun: given['dry-run'] === true, json: given.json === true,
  });
}

function readJobs(written: string | undefined): number | undefined {
  if (written === undefined) return availableParallelism();
  return /^[1-9]\d{0,3}$/.test(written) ? Number(written) : undefined;
}

/** The command as it can be typed again. */
export const typedCommand = (verb: string, args: readonly string[]): readonly string[] => ['giverny', verb, ...args.map(quoted)];

const quoted = (argument: string): string => (/^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`);
