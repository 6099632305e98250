/**
 * All stages of all trials as one DAG, merged by identity: what trials share is there once. Filled trial by trial, so that
 * no plan has to be kept.
 */
import { readdirSync } from 'node:fs';
import type { Cache } from '../cache/cache.ts';
import { layoutUnder } from '../cache/layout.ts';
import { digestText } from '../plan/digest.ts';
import { keyManifest } from '../plan/key.ts';
import { digestManifest } from '../plan/manifest.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';
import type { StageTimings } from './stage-timings.ts';

/** Two of one trajectory continue one from the other; of these the one that ends earlier comes first. */
export interface Training {
  readonly trajectory: string;
  /** The numbers that decide its outputs and not its weights: above all, how many epochs. */
  readonly extent: readonly number[];
}

export interface DagNode {
  readonly index: number;
  readonly identity: string;
  /** The stage's name in the config. */
  readonly stage: string;
  readonly engine: boolean;
  /** Indices of what it reads. */
  readonly from: readonly number[];
  /** The first rung that needs it. */
  readonly rung: number;
  /** How many trials have it; the rungs of a trial count once. */
  trials: number;
  /** Equal for nodes that the same trials have. */
  signature: number;
  /** Digest of its outputs, where they are in the cache. Else it has to run, or may turn out cached once what it reads is made. */
  readonly outputs: string | undefined;
  /** Of a stage that keeps checkpoints. */
  readonly training: Training | undefined;
  /** By the last timings of what is most like it. */
  readonly seconds: number | undefined;
}

export class MergedDag {
  readonly nodes: DagNode[] = [];
  readonly #byIdentity = new Map<string, DagNode>();
  readonly #lastTrial: number[] = [];
  readonly #cache: Cache;
  readonly #timings: StageTimings;
  readonly #keys: ReadonlySet<string>;
  readonly #turns: boolean;

  /** `turns`: whether it will be asked which trainings continue each other, which takes a while where there are thousands. */
  constructor(cache: Cache, timings: StageTimings, { turns }: { readonly turns: boolean }) {
    this.#turns = turns;
    this.#cache = cache;
    this.#timings = timings;
    this.#keys = new Set(namesIn(layoutUnder(cache.root).keys));
  }

  /** The nodes of a trial's plan, in its order; `trial` and `rung` count from 0. */
  async add(plan: Plan, trial: number, rung = 0): Promise<readonly number[]> {
    const own = new Map<string, DagNode>();
    for (const stage of plan.stages) {
      const node = this.#byIdentity.get(stage.identity) ?? (await this.#make(stage, plan, own, rung));
      own.set(stage.name, node);
      if (this.#lastTrial[node.index] === trial) continue;
      this.#lastTrial[node.index] = trial;
      node.trials += 1;
      node.signature = (node.signature + scattered(trial)) % 2 ** 52;
    }
    return [...own.values()].map(({ index }) => index);
  }

  async #make(stage: PlannedStage, plan: Plan, own: ReadonlyMap<string, DagNode>, rung: number): Promise<DagNode> {
    const read = stage.from.map((name) => own.get(name)!);
    const outputs = await this.#outputs(stage, read.map((node) => node.outputs));
    const node: DagNode = {
      index: this.nodes.length, identity: stage.identity, stage: stage.name, engine: stage.definition.engine, from: read.map(({ index }) => index), rung, trials: 0, signature: 0, outputs, training: outputs === undefined && this.#turns ? trainingOf(stage) : undefined,
      seconds: outputs === undefined ? await this.#timings.of(stage, plan, read.map((each) => each.outputs)) : undefined,
    };
    this.nodes.push(node);
    this.#byIdentity.set(stage.identity, node);
    return node;
  }

  /** As plan/decide.ts looks a key up, without asking why where there is none. */
  async #outputs(stage: PlannedStage, read: readonly (string | undefined)[]): Promise<string | undefined> {
    if (read.includes(undefined)) return undefined;
    const key = digestManifest(keyManifest(stage.manifest, read as readonly string[]));
    if (!this.#keys.has(`${key}.json`)) return undefined;
    const found = await this.#cache.find(key);
    return found.state === 'present' ? found.entry.outputs : undefined;
  }
}

/** As the trajectory's digest tells them apart (plan/key.ts), with less work: there may be thousands. */
function trainingOf({ prepared: { trajectory, keyed }, manifest: { uses, version, source, outside, environment, seed, engine, from } }: PlannedStage): Training | undefined {
  if (trajectory === undefined) return undefined;
  const decides = isMap(trajectory) ? trajectory : {};
  const extent = isMap(keyed) ? Object.entries(keyed).flatMap(([name, value]) => (Object.hasOwn(decides, name) || !Number.isFinite(Number(value)) ? [] : [Number(value)])) : [];
  return { trajectory: digestText(JSON.stringify([uses, version, source, trajectory, outside, environment, seed, engine, from])), extent };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A number for each trial such that sums of different sets differ: the finaliser of MurmurHash3, twice. */
function scattered(trial: number): number {
  return mixed(trial) + mixed(trial ^ 0x5bd1e995) * 2 ** 20;
}

function mixed(value: number): number {
  let hash = Math.imul(value + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was cached yet
  }
}
