/** The fields of a run, by name: what its record says, its config's values, its figures. */
import { keyFigures } from '../run-folder/key-figures.ts';
import type { BriefRun } from '../run-folder/brief-runs.ts';
import { timeTaken } from '../run-folder/time-taken.ts';
import type { Json } from '../stage.ts';
import type { FieldValue } from './compare.ts';

/** A run with what stands beside its record; each part is read when a field asks for it. */
export interface QueriedRun extends BriefRun {
  labels(): { readonly tags: readonly string[]; readonly note?: string };
  /** Names of the sweeps that it is a trial of. */
  sweeps(): readonly string[];
  /** What these sweeps varied, by path: also what a resolved config has no more (`vars.width`). */
  axes(): Readonly<Record<string, Json>>;
}

type Getter = (run: QueriedRun, now: number) => FieldValue;

const value = (get: (run: QueriedRun) => Json | undefined): Getter => (run) => ({ kind: 'value', value: get(run) });
const time = (get: (run: QueriedRun) => string | undefined): Getter => (run) => ({ kind: 'time', value: timeOf(get(run)) });
const duration = (get: (run: QueriedRun, now: number) => number | undefined): Getter => (run, now) => ({ kind: 'duration', value: get(run, now) });
const set = (get: (run: QueriedRun) => readonly string[]): Getter => (run) => ({ kind: 'set', value: get(run) });

const timeOf = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : Date.parse(iso));
const took = duration(({ record }) => timeTaken(record));
const tags = set((run) => run.labels().tags);

/** What every run has, before the values of its config and its figures. */
const own: Readonly<Record<string, Getter>> = {
  'run': value(({ run }) => run),
  'id': value(({ record }) => record.digest.slice(0, 12)),
  'name': value(({ record }) => record.name),
  'state': value(({ state }) => state),
  'started': time(({ record }) => record.startedAt),
  'ended': time(({ record }) => record.endedAt),
  'age': duration(({ record }, now) => (now - Date.parse(record.startedAt)) / 1000),
  'took': took,
  'seconds': took,
  'tag': tags,
  'tags': tags,
  'note': value((run) => run.labels().note),
  'sweep': set((run) => run.sweeps()),
  'latest': value(({ latest }) => latest),
  'folder': value(({ folder }) => folder),
  'command': value(({ record }) => record.command.join(' ')),
  'engine': value(({ record }) => record.engine?.backend),
  'engine.backend': value(({ record }) => record.engine?.backend),
  'engine.device': value(({ record }) => record.engine?.device),
  'engine.version': value(({ record }) => record.engine?.version),
};

export const runFields: readonly string[] = Object.keys(own);

export const isOwn = (name: string): boolean => Object.hasOwn(own, name);

/** The field's value; of a name that is neither a run's own nor in its config nor a figure, an absent one. */
export function fieldOf(name: string, run: QueriedRun, now: number): FieldValue {
  if (isOwn(name)) return own[name]!(run, now);
  return { kind: 'value', value: configValue(run.config(), name.split('.')) ?? axisOf(run, name) ?? figureOf(run, name) };
}

/** `seed`; `stages.train.epochs`; and of `loss.weights.cycle` or `epochs`, which a stage took over, the first stage's that has it. */
function configValue(config: Json | undefined, path: readonly string[]): Json | undefined {
  const direct = valueAt(config, path);
  if (direct !== undefined) return direct;
  const stages = isMap(config) ? config['stages'] : undefined;
  if (stages === undefined || !isMap(stages)) return undefined;
  const inOne = valueAt(stages, path);
  if (inOne !== undefined) return inOne;
  for (const stage of Object.values(stages)) {
    const found = valueAt(stage, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

function axisOf(run: QueriedRun, name: string): Json | undefined {
  const axes = run.axes();
  return Object.hasOwn(axes, name) ? axes[name] : undefined;
}

function valueAt(config: Json | undefined, path: readonly string[]): Json | undefined {
  let at = config;
  for (const name of path) {
    if (Array.isArray(at)) at = (at as readonly Json[])[Number(name)];
    else if (isMap(at) && Object.hasOwn(at, name)) at = at[name];
    else return undefined;
  }
  // A whole section is no value.
  return isMap(at) ? undefined : at;
}

/** `psnr_AtoB`: of the last stage that gave it, which may also stand before it: `evaluate.psnr_AtoB`. */
function figureOf({ record }: QueriedRun, name: string): number | undefined {
  const key = keyFigures(record);
  if (Object.hasOwn(key, name)) return key[name];
  for (const [stage, { figures = {} }] of Object.entries(record.stages).reverse()) {
    const asked = name.startsWith(`${stage}.`) ? name.slice(stage.length + 1) : name;
    if (Object.hasOwn(figures, asked)) return figures[asked];
  }
  return undefined;
}

const isMap = (json: Json | undefined): json is { readonly [key: string]: Json } => typeof json === 'object' && json !== null && !Array.isArray(json);

/** Every name that a field of this run has, the short forms of its config's paths first. */
export function fieldNamesOf(run: QueriedRun): readonly string[] {
  const config = run.config();
  const stages = isMap(config) && isMap(config['stages']) ? config['stages'] : {};
  const short = Object.values(stages).flatMap((stage) => leavesOf(stage, ''));
  const figures = Object.values(run.record.stages).flatMap((stage) => Object.keys(stage.figures ?? {}));
  return [...figures, ...short, ...Object.keys(run.axes()), ...leavesOf(config, '')];
}

function leavesOf(json: Json | undefined, path: string): readonly string[] {
  if (!isMap(json)) return path === '' ? [] : [path];
  return Object.entries(json).flatMap(([key, inside]) => leavesOf(inside, path === '' ? key : `${path}.${key}`));
}
