/** Which entries `cache push` and `pull` copy: all, a run's, or those that a config would take. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CacheEntry } from '../cache/cache.ts';
import { failed, ok, type Result } from '../failure.ts';
import { decide } from '../plan/decide.ts';
import { findRun } from '../run-folder/find-run.ts';
import type { CommandIo } from './command.ts';
import { makePlan } from './make-plan.ts';

export type WantedKeys =
  | { readonly kind: 'all' }
  /** Calls `copy` for each key. */
  | { readonly kind: 'some'; each(copy: (key: string) => Promise<unknown>): Promise<void> };

/** A file is a config, anything else a run. */
export async function wantedKeys([named, ...overrides]: readonly string[], usage: string, io: CommandIo): Promise<Result<WantedKeys>> {
  if (named === undefined) return ok({ kind: 'all' });
  const stray = overrides.find((override) => !override.includes('='));
  if (stray !== undefined || named.includes('=')) return failed('usage', `${stray ?? named} is not a config, nor an override of one`, { expected: usage });
  const isConfig = statSync(resolve(io.cwd, named), { throwIfNoEntry: false })?.isFile() ?? /\.ya?ml$/.test(named);
  if (isConfig) return ofConfig(named, overrides, io);
  if (overrides.length > 0) return failed('usage', `${overrides[0]!} overrides a config, and ${named} is a run`, { expected: usage });
  const run = await findRun(named, io.root, io.cwd);
  if (!run.ok) return run;
  const keys = Object.values(run.value.record.stages).flatMap(({ key }) => (key === undefined ? [] : [key]));
  return ok({ kind: 'some', each: async (copy) => { for (const key of keys) await copy(key); } });
}

/** The key of a stage follows from what those before it made, so these are copied first. */
async function ofConfig(config: string, overrides: readonly string[], io: CommandIo): Promise<Result<WantedKeys>> {
  const made = await makePlan({ config, overrides, force: 'nothing', refetch: false, offline: true, jobs: 1, dryRun: true, json: false }, io, {
    provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: (line) => io.stderr(`${line}\n`),
  });
  if (!made.ok) return made;
  const { plan, cache } = made.value;
  return ok({
    kind: 'some',
    async each(copy) {
      const outputs = new Map<string, CacheEntry>();
      for (const stage of plan.stages) {
        const decision = await decide(stage, outputs, cache);
        if (decision.kind === 'depends') continue;
        await copy(decision.key);
        const now = await cache.find(decision.key);
        if (now.state === 'present') outputs.set(stage.name, now.entry);
      }
    },
  });
}
