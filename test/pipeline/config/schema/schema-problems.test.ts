import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../pipeline/config/load.ts';
import { catalog } from '../../../../stages/index.ts';
import { failureOf } from '../../cache/temporary-cache.ts';

const quickstart = fileURLToPath(new URL('../../../../configs/quickstart.yaml', import.meta.url));
const refused = async (override: string) => failureOf(await loadConfig(quickstart, [override], catalog, '/'));

test('a value that breaks two rules is one mistake', async () => {
  for (const override of ['stages.synthesize.size=2', 'loss.gan=1']) assert.is((await refused(override)).also, undefined, override);
});

test('of a list the value is underlined', async () => {
  const { where } = await refused('loss.weights.cycle=[1,2,3]');
  assert.is(where!.text!.slice(where!.column! - 1, where!.column! - 1 + where!.length!), '[1,2,3]');
});

test('a wrong choice: the near one is the hint; where none is near, what the choice is about, not what each means', async () => {
  assert.is((await refused('loss.gan=mes')).hint, 'did you mean "mse"?');
  const far = await refused('loss.gan=unheard');
  assert.match(far.expected!, 'mse, lsgan, vanilla, hinge or wgan-gp');
  assert.is(far.hint, 'The adversarial loss.');
});

test.run();
