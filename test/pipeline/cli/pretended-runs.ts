/** A project in which the product's stages were run, as far as the cache can tell: their outputs are made up. */
import { main } from '../../../pipeline/cli/main.ts';
import { openCache, type Cache, type CacheEntry } from '../../../pipeline/cache/cache.ts';
import type { Catalog } from '../../../pipeline/catalog.ts';
import { loadConfig } from '../../../pipeline/config/load.ts';
import { ok } from '../../../pipeline/failure.ts';
import { decide } from '../../../pipeline/plan/decide.ts';
import { planStages, type PlannedStage } from '../../../pipeline/plan/plan.ts';
import type { EngineSelection, StageDefinition } from '../../../pipeline/stage.ts';
import { catalog } from '../../../stages/index.ts';
import { Rig } from '../../helpers/rig.ts';
import { value, writeTree, type Tree } from '../cache/temporary-cache.ts';

interface Answer {
  readonly stage: string;
  readonly kind: string;
  readonly key?: string;
  readonly made?: { readonly run?: string; readonly key: string; readonly seconds: number };
  readonly comparedWith?: { readonly run?: string };
  readonly differences?: readonly { readonly of: string; readonly path?: string; readonly text: string; readonly origin?: string }[];
  readonly notes: readonly string[];
}

/** What a stage writes; undefined: what its manifest decides. */
export type Outputs = (stage: PlannedStage) => Tree | undefined;

export class PretendedRuns {
  readonly rig = new Rig();
  engine: EngineSelection = { backend: 'tensorflow', version: '2.21.0', device: 'cpu' };
  /** Versions other than those that the stages have. */
  versions: Readonly<Record<string, number>> = {};

  get catalog(): Catalog {
    const versioned = (definition: StageDefinition): StageDefinition => ({ ...definition, version: this.versions[definition.uses] ?? definition.version });
    return { ...catalog, stages: new Map([...catalog.stages].map(([uses, definition]) => [uses, versioned(definition)])), selectEngine: async () => ok(this.engine) };
  }

  /** Fills the cache with what a run of the config would make; returns its name. Each stage took 2 s. */
  async pretend(file = 'study.yaml', overrides: readonly string[] = [], outputsOf: Outputs = () => undefined): Promise<string> {
    const config = value(await loadConfig(this.rig.path(file), overrides, this.catalog, this.rig.folder));
    const cache = value(await openCache(this.rig.folder));
    const plan = value(await planStages(config, { engine: this.engine, environment: process.env }));
    const outputs = new Map<string, CacheEntry>();
    for (const stage of plan.stages) {
      const decision = await decide(stage, outputs, cache);
      if (decision.kind === 'depends') throw new Error('it goes in order');
      outputs.set(stage.name, decision.kind === 'hit' ? decision.entry : await store(cache, stage, decision, plan.runName, outputsOf(stage)));
    }
    return plan.runName;
  }

  async run(args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    const text = { stdout: '', stderr: '' };
    const code = await main(args, {
      stdout: (written) => { text.stdout += written; },
      stderr: (written) => { text.stderr += written; },
      cwd: this.rig.folder, color: false, terminal: false,
      stageProcess: { script: '/nowhere', execArgv: [] },
      loadCatalog: async () => this.catalog,
    });
    return { code, ...text };
  }

  /** What `giverny why --json` answers. */
  async why(...args: readonly string[]): Promise<readonly Answer[]> {
    const { code, stdout, stderr } = await this.run(['why', 'study.yaml', ...args, '--json']);
    if (code !== 0) throw new Error(stderr);
    return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Answer);
  }

  /** Of one stage: each difference with where its value comes from. */
  async differences(stage: string, ...overrides: readonly string[]): Promise<readonly string[]> {
    const [answer] = await this.why(stage, ...overrides);
    return (answer?.differences ?? []).map(({ text, origin }) => (origin === undefined ? text : `${text} (${origin})`));
  }
}

async function store(cache: Cache, stage: PlannedStage, { key, manifest }: Pick<CacheEntry, 'key' | 'manifest'>, run: string, tree: Tree | undefined): Promise<CacheEntry> {
  const attempt = value(await cache.attempt(stage.name));
  writeTree(attempt.out, tree ?? new Map([['out/made', Buffer.from(key)]]));
  const entry = value(await cache.store({
    key, manifest, run, identity: stage.identity, stage: stage.name, uses: stage.definition.uses, seconds: 2,
    folder: attempt.out, outputs: [{ path: 'out/', kind: 'reproducible' }],
    listings: stage.outside.flatMap(({ listing }) => listing ?? []),
  }));
  await attempt.remove();
  return entry;
}

/** `study.yaml:3:17`: where `part` stands in `text`, of which `config` has the first. */
export function placeOf(config: string, text: string, part = text): string {
  const at = config.indexOf(text);
  if (at < 0 || !text.includes(part)) throw new Error(`the config has no ${text}`);
  const before = config.slice(0, at + text.lastIndexOf(part)).split('\n');
  return `study.yaml:${before.length}:${before.at(-1)!.length + 1}`;
}
