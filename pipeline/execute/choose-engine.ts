/** Which engine a run takes: asked once, before the plan, and only where a stage needs one. */
import type { Catalog, EngineSelectionHelp } from '../catalog.ts';
import type { Config } from '../config/config.ts';
import { fail, failed, ok, type Result } from '../failure.ts';
import { canonicalJson, type CanonicalValue } from '../plan/canonical-json.ts';
import { digestText } from '../plan/digest.ts';
import { listRuns, type ListedRun } from '../run-folder/list-runs.ts';
import type { EngineSelection } from '../stage.ts';

/** Digest of the resolved config but for its engine: finds the runs of the same config on another one. */
export function configDigest(config: Config): string {
  const { engine: _engine, ...rest } = config.resolved as { readonly [key: string]: CanonicalValue };
  return digestText(canonicalJson(rest));
}

/** Undefined where no stage needs an engine. Failures: the catalog's own, `engine-would-change`, and a stage's that cannot run on it. */
export async function chooseEngine(config: Config, catalog: Catalog, root: string, help: EngineSelectionHelp): Promise<Result<EngineSelection | undefined>> {
  if (!config.stages.some((stage) => stage.definition.engine)) return ok(undefined);
  const selected = await catalog.selectEngine(config.engine, help);
  if (!selected.ok) return selected;
  if (config.engine.backend !== 'auto' || selected.value.backend !== 'wasm') return suitsAll(config, selected.value);
  const unfinished = await unfinishedOnTensorFlow(config, root);
  if (unfinished === undefined) return suitsAll(config, selected.value);
  return failed('engine-would-change', `TensorFlow is not available now, and ${unfinished.run} was begun on it and is not finished`, {
    expected: `TensorFlow ${unfinished.record.engine?.version ?? ''}`.trim(),
    hint: 'giverny doctor says how to get TensorFlow back; with engine=wasm a new run begins on wasm.',
  });
}

/** The engine, or why the first stage that cannot run on it cannot. */
function suitsAll({ stages }: Config, engine: EngineSelection): Result<EngineSelection> {
  for (const { name, definition, prepared, writtenAt } of stages) {
    const suits = definition.engine ? definition.checkEngine?.(prepared.params, engine, (parameter) => writtenAt?.(parameter)) : undefined;
    if (suits?.ok === false) return fail({ ...suits.failure, stage: name });
  }
  return ok(engine);
}

async function unfinishedOnTensorFlow(config: Config, root: string): Promise<ListedRun | undefined> {
  const digest = configDigest(config);
  const runs = await listRuns(root);
  return runs.find(({ record, state }) => record.configDigest === digest && record.engine?.backend === 'tensorflow' && state !== 'done');
}
