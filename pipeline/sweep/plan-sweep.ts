/** A sweep, planned: its trials, and all that they need as one DAG. Nothing is written. */
import { basename, extname } from 'node:path';
import type { Override } from '../config/override/override.ts';
import { parseOverride } from '../config/override/override.ts';
import type { Source } from '../config/tree/source.ts';
import { toJson } from '../config/tree/config-node.ts';
import { fail, failed, ok, type Failure, type Result } from '../failure.ts';
import { canonicalJson } from '../plan/canonical-json.ts';
import { digestText } from '../plan/digest.ts';
import type { Plan } from '../plan/plan.ts';
import type { EngineSelection, Json } from '../stage.ts';
import { epochsGivenTwice, unknownMetric } from './halving.ts';
import { MergedDag } from './merged-dag.ts';
import { valuesText, valueText, type Axis, type AxisValue } from './spec/axis.ts';
import { placesOf } from './spec/halving-places.ts';
import { pointsOf, type Point } from './spec/points.ts';
import type { SweepSpec } from './spec/sweep-spec.ts';
import { typedLayer } from './spec/typed-axes.ts';
import type { Halving } from './sweep-record.ts';
import type { TrialPlanner } from './trial-planner.ts';

/** One plan of a trial: the whole of it, or as far as one rung. */
export interface PlannedRun {
  readonly run: string;
  readonly identity: string;
  /** Indices in the DAG. */
  readonly nodes: readonly number[];
  readonly epochs?: number;
}

export interface PlannedTrial {
  /** `0001`. */
  readonly trial: string;
  readonly point: Point;
  readonly values: Readonly<Record<string, Json>>;
  /** One, or one a rung. */
  readonly runs: readonly PlannedRun[];
}

export interface SweepPlan {
  readonly name: string;
  readonly digest: string;
  readonly axes: readonly string[];
  readonly fixed: readonly Override[];
  readonly trials: readonly PlannedTrial[];
  readonly dag: MergedDag;
  readonly engine: EngineSelection | undefined;
  readonly halving: Halving | undefined;
  /** Lines that people should see. */
  readonly warnings: readonly string[];
}

export interface SweepPlanning {
  readonly planner: TrialPlanner;
  readonly dag: MergedDag;
  /** The config's seed, where no override gives another. */
  readonly seed: number;
}

/** Failures: of the spec, `sweep-empty`, and of a trial's config, naming the trial. */
export async function planSweep(spec: SweepSpec, { planner, dag, seed }: SweepPlanning): Promise<Result<SweepPlan>> {
  const seeds = seedAxis(spec, seed);
  if (!seeds.ok) return seeds;
  if (spec.axes.length === 0 && seeds.value === undefined) return nothingVaried(spec);
  const twice = spec.halving && epochsGivenTwice(spec.halving, spec);
  if (twice !== undefined) return fail(twice);
  const points = pointsOf(spec, seeds.value);
  if (!points.ok) return points;
  const trials = new Trials(spec, points.value.axes, planner, dag);
  for (const point of points.value.points) {
    const failure = await trials.add(point);
    if (failure !== undefined) return fail(failure);
  }
  const { made, first, duplicates } = trials;
  const { config, engine } = first!;
  const unknown = spec.halving && unknownMetric(spec.halving, config.stages);
  if (unknown !== undefined) return fail(unknown);
  const name = spec.name ?? nameOf(spec.file === undefined ? config.name : basename(spec.file, extname(spec.file)));
  const digest = digestText(canonicalJson({ axes: points.value.axes, trials: made.map(({ runs }) => runs.map(({ identity }) => identity)), halving: spec.halving === undefined ? null : { ...spec.halving } }));
  return ok({
    name, digest, axes: points.value.axes, fixed: spec.fixed, trials: made, dag, engine, halving: spec.halving,
    warnings: [...points.value.warnings, ...duplicates],
  });
}

const longestName = 100;

/** As the schema wants a name that is written: it becomes a folder's name, and part of a job's name on Slurm, where commas and `|` stand between names. */
const nameOf = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, longestName) || 'sweep';

/** What differs from the config in a trial, in the order in which it is written over it. */
export function overridesOf(fixed: readonly Override[], point: Point, halving: Halving | undefined, epochs: number | undefined): readonly Override[] {
  return [...fixed, ...point.map(({ override }) => override), ...(halving === undefined || epochs === undefined ? [] : [epochsOverride(halving, epochs)])];
}

const knownEpochs = new WeakMap<Halving, Map<number, Override>>();

/** The same object each time, so that a stage that was judged with it is known again. */
function epochsOverride(halving: Halving, epochs: number): Override {
  const known = knownEpochs.get(halving) ?? new Map<number, Override>();
  knownEpochs.set(halving, known);
  const override = known.get(epochs) ?? madeOverride(halving, epochs);
  known.set(epochs, override);
  return override;
}

/** Written in the sweep's file, where there is one. */
function madeOverride(halving: Halving, epochs: number): Override {
  const override = (parseOverride(`${halving.parameter}=${epochs}`, typedLayer, '.') as { readonly value: Override }).value;
  const source = placesOf(halving).epochs[halving.epochs.indexOf(epochs)];
  return source === undefined ? override : { ...override, source, keys: override.keys.map(() => source), value: { ...override.value, source } };
}

/** `loss.weights.cycle=5`. */
export const overrideText = ({ path, value }: Override): string => `${path.join('.')}=${valueText(toJson(value))}`;

const duplicatesSaid = 3;

class Trials {
  readonly made: PlannedTrial[] = [];
  readonly duplicates: string[] = [];
  first: Plan | undefined;
  readonly #byIdentity = new Map<string, PlannedTrial>();
  #count = 0;

  constructor(
    readonly spec: SweepSpec, readonly axes: readonly string[], readonly planner: TrialPlanner, readonly dag: MergedDag,
  ) {}

  /** The failure of the first of its plans that has one. */
  async add(point: Point): Promise<Failure | undefined> {
    const { fixed, halving } = this.spec;
    const values = Object.fromEntries(this.axes.map((axis, index) => [axis, point[index]!.json]));
    const runs: PlannedRun[] = [];
    for (const epochs of halving?.epochs ?? [undefined]) {
      const planned = await this.planner.plan(overridesOf(fixed, point, halving, epochs));
      if (!planned.ok) return ofTrial(planned.failure, values);
      const { runName: run, identity } = planned.value;
      this.first ??= planned.value;
      const same = this.#byIdentity.get(identity);
      if (same !== undefined && epochs === undefined) {
        this.#note(values, same);
        return undefined;
      }
      runs.push({ run, identity, nodes: await this.dag.add(planned.value, this.made.length, runs.length), ...(epochs === undefined ? {} : { epochs }) });
    }
    const last = runs.at(-1)!;
    const same = this.#byIdentity.get(last.identity);
    if (same !== undefined) {
      this.#note(values, same);
      return undefined;
    }
    const trial = { trial: String(this.made.length + 1).padStart(4, '0'), point, values, runs };
    this.#byIdentity.set(last.identity, trial);
    this.made.push(trial);
    return undefined;
  }

  #note(values: PlannedTrial['values'], { trial, values: of }: PlannedTrial): void {
    this.#count += 1;
    if (this.#count <= duplicatesSaid) this.duplicates.push(`${valuesText(values)} gives the same run as trial ${trial} (${valuesText(of)}) and is left out`);
    else this.duplicates[duplicatesSaid] = `and ${this.#count - duplicatesSaid} more that give the same run as another`;
  }
}

function ofTrial(failure: Failure, values: PlannedTrial['values']): Failure {
  return { ...failure, message: `${failure.message} (in the trial ${valuesText(values)})` };
}

function nothingVaried({ file }: SweepSpec) {
  return failed('sweep-empty', 'nothing is varied', {
    ...(file === undefined ? {} : { where: { file } }), expected: 'at least one value in several forms: loss.weights.cycle=5,10, or axes in a sweep\'s file',
    hint: 'giverny run CONFIG runs it as it is',
  });
}

/** As an axis like any other, the last. */
function seedAxis({ seeds, axes }: SweepSpec, base: number): Result<Axis | undefined> {
  if (seeds === undefined) return ok(undefined);
  if (axes.some(({ path }) => path === 'seed')) {
    return failed('sweep-invalid', 'seeds are given twice: as seeds and as the axis seed', { expected: 'one of them' });
  }
  const numbers = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, index) => base + index) : seeds;
  const values = numbers.map((seed): AxisValue => {
    const override = (parseOverride(`seed=${seed}`, typedLayer, '.') as { readonly value: Override }).value;
    return { override, json: seed, text: String(seed) };
  });
  const source: Source = values[0]!.override.source;
  return ok({ path: 'seed', source, takes: { values } });
}
