/** Plans of many trials. What trials share is planned once: a stage of the same parameters that reads the same. */
import { chooseEngine } from '../execute/choose-engine.ts';
import type { Catalog, EngineSelectionHelp } from '../catalog.ts';
import type { Config, StageConfig } from '../config/config.ts';
import type { Override } from '../config/override/override.ts';
import { Remembered } from '../config/remembered.ts';
import type { ConfigVariants } from '../config/variants.ts';
import { fail, ok, type Result } from '../failure.ts';
import { topologicalOrder } from '../plan/dag.ts';
import { planOf, planStage, type Plan, type PlannedStage, type PlanningSurroundings } from '../plan/plan.ts';
import type { EngineSelection } from '../stage.ts';

export interface TrialPlanning {
  readonly variants: ConfigVariants;
  /** Its `selectEngine` is the executor's, where jobs run elsewhere. */
  readonly catalog: Catalog;
  readonly root: string;
  readonly help: EngineSelectionHelp;
  readonly surroundings: Omit<PlanningSurroundings, 'engine'>;
}

/** Of all stages: trials that follow each other share most. */
const plannedAtMost = 1024;

export class TrialPlanner {
  readonly #planning: TrialPlanning;
  readonly #engines = new Map<string, EngineSelection | undefined>();
  readonly #planned = new Remembered<PlannedStage>(plannedAtMost);
  readonly #numbers = new WeakMap<StageConfig, number>();
  #count = 0;
  readonly #suited = new WeakSet<StageConfig>();

  constructor(planning: TrialPlanning) {
    this.#planning = planning;
  }

  /** Failures: those of the config, of choosing the engine, and `outside-input-missing`. */
  async plan(overrides: readonly Override[]): Promise<Result<Plan>> {
    const config = await this.#planning.variants.resolve(overrides);
    if (!config.ok) return config;
    const engine = await this.#engine(config.value);
    if (!engine.ok) return engine;
    const planned = new Map<string, PlannedStage>();
    for (const stage of topologicalOrder(config.value.stages)) {
      const made = await this.#stage(stage, config.value.seed, engine.value, planned);
      if (!made.ok) return made;
      planned.set(stage.name, made.value);
    }
    return ok(planOf(config.value, [...planned.values()], engine.value));
  }

  /** Chosen once for each way of asking; whether a stage can run on it is asked of each stage. */
  async #engine(config: Config): Promise<Result<EngineSelection | undefined>> {
    const wanted = JSON.stringify([config.engine, config.stages.some(({ definition }) => definition.engine)]);
    if (!this.#engines.has(wanted)) {
      const chosen = await chooseEngine(config, this.#planning.catalog, this.#planning.root, this.#planning.help);
      if (!chosen.ok) return chosen;
      this.#engines.set(wanted, chosen.value);
    }
    const engine = this.#engines.get(wanted);
    for (const stage of config.stages) {
      if (engine === undefined || !stage.definition.engine || this.#suited.has(stage)) continue;
      const suits = stage.definition.checkEngine?.(stage.prepared.params, engine, (parameter) => stage.writtenAt?.(parameter));
      if (suits?.ok === false) return fail({ ...suits.failure, stage: stage.name });
      if (this.#engines.size === 1) this.#suited.add(stage);
    }
    return ok(engine);
  }

  async #stage(stage: StageConfig, seed: number, engine: EngineSelection | undefined, planned: ReadonlyMap<string, PlannedStage>): Promise<Result<PlannedStage>> {
    const { prepared, definition, from } = stage;
    let decides = `${this.#numberOf(stage)} ${prepared.random ? seed : ''} ${definition.engine ? engineText(engine) : ''}`;
    for (const name of from) decides += ` ${planned.get(name)!.identity}`;
    const before = this.#planned.get(decides);
    if (before !== undefined) return ok(before);
    const made = await planStage(stage, seed, { ...this.#planning.surroundings, engine }, planned);
    if (made.ok) this.#planned.set(decides, made.value);
    return made;
  }

  #numberOf(stage: StageConfig): number {
    const known = this.#numbers.get(stage) ?? (this.#count += 1);
    this.#numbers.set(stage, known);
    return known;
  }
}

const engineText = (engine: EngineSelection | undefined): string => (engine === undefined ? '' : `${engine.backend}-${engine.version}-${engine.device}`);
