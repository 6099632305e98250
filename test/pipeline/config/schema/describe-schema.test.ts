import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeSchema, showValue } from '../../../../pipeline/config/schema/describe-schema.ts';

const cases: readonly (readonly [Record<string, unknown>, string])[] = [
  [{ type: 'integer', minimum: 1 }, 'an integer, 1 or more'],
  [{ type: 'number', minimum: 0, maximum: 1 }, 'a number from 0 to 1'],
  [{ type: 'number', exclusiveMinimum: 0 }, 'a number above 0'],
  [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 'a number, above 0 and 1 or less'],
  [{ type: 'number', exclusiveMaximum: 1 }, 'a number below 1'],
  [{ type: 'integer', minimum: 16, maximum: 64, multipleOf: 4 }, 'an integer from 16 to 64, a multiple of 4'],
  [{ enum: ['a', 'b', 'c'] }, 'a, b or c'],
  [{ const: false }, 'false'],
  [{ type: 'boolean' }, 'true or false'],
  [{ type: 'string' }, 'a text'],
  [{ type: 'string', minLength: 1 }, 'a text that is not empty'],
  [{ type: ['object', 'null'] }, 'a mapping or null'],
  [{ type: 'object', properties: { a: {}, b: {} } }, 'a mapping (a, b)'],
  [{ type: 'array', items: { type: 'string' } }, 'a list of texts'],
  [{ type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 }, 'a list of 2 numbers'],
  [{ type: 'array', items: { enum: ['a', 'b'] }, minItems: 1 }, 'a list of at least 1 values (a or b)'],
  [{ type: 'array', prefixItems: [{ type: 'number' }, { type: 'string' }], items: false }, 'a list of a number and a text'],
  [{ anyOf: [{ type: 'integer' }, { const: 'auto' }, { type: 'integer' }] }, 'an integer or auto'],
  [{ anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['a', 'b'] }] }, 'an integer, 1 or more; or a or b'],
  [{}, 'another value'],
];

test('a schema in words', () => {
  for (const [schema, words] of cases) assert.is(describeSchema(schema), words);
});

test('a value as it was written, cut where it is long', () => {
  assert.equal([5, 1e-7, 'a', true, null, [], [1], {}, undefined].map(showValue), ['5', '1e-7', 'the text "a"', 'true', 'null', 'an empty list', 'the list [1]', 'a mapping', 'absent']);
  assert.ok(showValue('x'.repeat(500)).length < 60);
});

test.run();
