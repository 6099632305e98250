// Numbers that a function gives are not parsed one by one. They are all the same what typing them gives.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseOverride, type Override } from '../../../pipeline/config/override/override.ts';
import { typedNumbers } from '../../../pipeline/sweep/spec/typed-numbers.ts';
import { typedLayer } from '../../../pipeline/sweep/spec/typed-axes.ts';

const numbers = [0, -0, 1, -1, 0.1, 12.5, -3e-7, 1e-12, 1e21, 2 ** 53, 123456.789012];

for (const path of ['loss.weights.cycle', 'seed', 'engine', 'stages.train.betas.0']) {
  test(`${path}: a number is what it is when it is typed`, () => {
    const parse = (text: string) => parseOverride(`${path}=${text}`, typedLayer, '/somewhere');
    const made = typedNumbers(path, numbers, parse);
    assert.ok(made.ok);
    for (const [index, { json, text, override }] of made.value.entries()) {
      assert.is(text, String(numbers[index]));
      assert.is(json, numbers[index] === 0 ? 0 : numbers[index]);
      assert.equal(override, (parse(text) as { readonly value: Override }).value);
    }
  });
}

test('the same value is the same override, so that what was judged with it is known again', () => {
  const made = typedNumbers('seed', [1, 2, 3], (text) => parseOverride(`seed=${text}`, typedLayer, '.'));
  assert.ok(made.ok);
  const first = made.value.map(({ override }) => override);
  assert.ok(made.value.every(({ override }, index) => override === first[index]));
});

test('a wrong path is refused once, with the first value', () => {
  const made = typedNumbers('a b', [7, 8], (text) => parseOverride(`a b=${text}`, typedLayer, '.'));
  assert.not(made.ok);
  assert.is(!made.ok && made.failure.where?.text, 'a b=7');
});

test.run();
