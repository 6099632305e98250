// Variants are quick because little of each is judged. What they come to, and what is said of a wrong one, is as if all were.
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../../pipeline/config/read/extends.ts';
import { resolveConfig } from '../../../pipeline/config/load.ts';
import { parseOverride, type Override } from '../../../pipeline/config/override/override.ts';
import { ConfigVariants } from '../../../pipeline/config/variants.ts';
import { planStages } from '../../../pipeline/plan/plan.ts';
import { randomNumbers } from '../../../pipeline/sweep/spec/random-numbers.ts';
import { TrialPlanner } from '../../../pipeline/sweep/trial-planner.ts';
import { catalog } from '../../../stages/index.ts';
import { assertSame } from '../../helpers/assert-same.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const engine = { backend: 'tensorflow', version: '0.0.0', device: 'cpu' } as const;

/** Each with values of which some are refused, some reach several stages, some none. */
const values: Readonly<Record<string, readonly string[]>> = {
  'seed': ['1', '2', '-1', 'x'],
  'name': ['other', '"a b"'],
  'description': ['a note'],
  'engine': ['wasm', '{ backend: tensorflow, threads: 2 }', 'tensorfow'],
  'loss.weights.cycle': ['5', '[5, 10]', '10', '-1', '${loss.weights.identity}', '${no.such}'],
  'loss.weights.cylce': ['5'],
  'loss': ['{ weights: { adversarial: 1, cycle: 2, identity: 1 } }'],
  'model.generator.filters': ['8', '16', '0'],
  'vars.unused': ['1'],
  'stages.train.epochs': ['1', '2', 'two', '${stages.synthesize.train}'],
  'stages.train.learning_rate_schedule': ['{ constant_epochs: 9, decay_epochs: 0 }', '{ constant_epochs: 1 }'],
  'stages.synthesize.size': ['32', '64', '31'],
  'stages.normalize.range': ['[0, 1]', '[-1, 1]'],
  'stages.evaluate': ['false', '{ from: [train, normalize] }'],
  'stages.evaluate.from': ['[train, normalize]', '[train, missing]', 'normalize'],
  'stages.extra': ['{ uses: flip, from: synthesize }', '{ uses: nothing }'],
  'stages.train.from': ['normalize', 'synthesize', 'train'],
  'nothing.here': ['1'],
};

for (const config of ['configs/quickstart.yaml', 'configs/known-truth/tone-and-stripe.yaml']) {
  test(`${config}: every variant, right or wrong, is what it is by itself`, async () => {
    const document = await readConfig(`${root}/${config}`);
    assert.ok(document.ok);
    const variants = new ConfigVariants(document.value, { catalog, cwd: root, findRun: undefined });
    const planner = new TrialPlanner({
      variants, catalog: { ...catalog, selectEngine: async () => ({ ok: true, value: engine }) }, root: `${root}/no-such-folder`,
      help: { provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: () => undefined }, surroundings: { environment: {} },
    });
    const random = randomNumbers(11, config);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)]!;
    const known = new Map<string, Override>();
    // The same objects again and again, as the trials of a sweep have them.
    const override = (text: string): Override => {
      const parsed = known.get(text) ?? (parseOverride(text, document.value.layers, root) as { readonly value: Override }).value;
      known.set(text, parsed);
      return parsed;
    };
    const counts = { right: 0, wrong: 0 };
    for (let round = 0; round < 250; round += 1) {
      const texts = [...new Set(Array.from({ length: Math.floor(random.next() * 4) }, () => pick(Object.keys(values))))].map((path) => `${path}=${pick(values[path]!)}`);
      const [alone, variant] = [await resolveConfig(document.value, texts, catalog, root), await variants.resolve(texts.map(override))];
      assert.is(variant.ok, alone.ok, texts.join(' '));
      counts[alone.ok ? 'right' : 'wrong'] += 1;
      if (!alone.ok || !variant.ok) {
        assertSame(variant.ok ? undefined : variant.failure, alone.ok ? undefined : alone.failure, texts.join(' '));
        continue;
      }
      const { resolved, name, seed, engine: request, file } = variant.value;
      assertSame({ resolved, name, seed, request, file }, { resolved: alone.value.config.resolved, name: alone.value.config.name, seed: alone.value.config.seed, request: alone.value.config.engine, file: alone.value.config.file }, texts.join(' '));
      assertSame(variant.value.writtenPlaces?.(root), alone.value.config.writtenPlaces?.(root), texts.join(' '));
      const [planned, whole] = [await planner.plan(texts.map(override)), await planStages(alone.value.config, { engine, environment: {} })];
      assert.ok(planned.ok && whole.ok);
      assert.is(planned.value.identity, whole.value.identity, texts.join(' '));
      assertSame(planned.value.stages.map(({ identity }) => identity), whole.value.stages.map(({ identity }) => identity));
    }
    assert.ok(counts.right > 50 && counts.wrong > 50, JSON.stringify(counts));
  });
}

test('what an override does not reach is the same object in the next variant', async () => {
  const document = await readConfig(`${root}/configs/quickstart.yaml`);
  assert.ok(document.ok);
  const variants = new ConfigVariants(document.value, { catalog, cwd: root, findRun: undefined });
  const resolve = async (text: string) => {
    const config = await variants.resolve([(parseOverride(text, document.value.layers, root) as { readonly value: Override }).value]);
    assert.ok(config.ok);
    return Object.fromEntries(config.value.stages.map((stage) => [stage.name, stage]));
  };
  const [five, six] = [await resolve('loss.weights.cycle=5'), await resolve('loss.weights.cycle=6')];
  assert.is(five['synthesize'], six['synthesize']);
  assert.is(five['evaluate'], six['evaluate']);
  assert.is.not(five['train'], six['train']);
});

test.run();
