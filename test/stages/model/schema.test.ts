import { test } from 'uvu';
import * as assert from 'uvu/assert';
import Ajv2020 from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../../pipeline/stage.ts';
import { modelSchema, resolveModel } from '../../../stages/model/schema.ts';
import type { ModelParams } from '../../../stages/model/schema.ts';

const validate = new Ajv2020.default({ allowUnionTypes: true }).compile(modelSchema);

test('the defaults are the chapter\'s', () => {
  const { generator, discriminator } = resolveModel();
  assert.equal([generator.filters, generator.residual_blocks, discriminator.filters], [32, 6, 64]);
  assert.equal(generator.norm, { kind: 'row', epsilon: 1e-3, affine: true });
  assert.equal(generator.residual_norm, { kind: 'batch', epsilon: 1e-5, momentum: 0.9 });
});

test('a resolved model fits the schema and resolves to itself', () => {
  for (const params of [{}, { generator: { norm: 'channel', filters: 16, residual_norm: { kind: 'channel', affine: true } } }, { discriminator: { norm: { kind: 'batch', momentum: 0.5 } }, init_type: 'normal' }] as const) {
    assert.ok(validate(params), JSON.stringify(validate.errors));
    const resolved = resolveModel(params);
    assert.ok(validate(resolved), JSON.stringify(validate.errors));
    assert.equal(resolveModel(resolved), resolved);
  }
});

/** What ajv fills in of `schema` for an empty value, all the way down. */
function schemaDefaults({ default: given, properties }: JsonSchema): unknown {
  if (properties === undefined) return given;
  return Object.fromEntries(Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([key, of]) => [key, schemaDefaults(of)]));
}

test('the schema\'s defaults are those of resolving', () => {
  assert.equal(resolveModel(schemaDefaults(modelSchema) as ModelParams), resolveModel());
});

test('an option that a normalization does not have is refused, not ignored', () => {
  for (const norm of [{ kind: 'batch', affine: false }, { kind: 'channel', momentum: 0.5 }, { kind: 'row', momentum: 0.5 }]) {
    assert.not(validate({ generator: { norm } }), JSON.stringify(norm));
  }
});

test('a slip of the finger is refused before it fills the memory', () => {
  for (const params of [{ generator: { filters: 4096 } }, { generator: { residual_blocks: 600 } }, { discriminator: { filters: 1e9 } }, { discriminator: { strides: [1, 1, 1, 1, 1, 1, 1] } }]) {
    assert.not(validate(params), JSON.stringify(params));
  }
  assert.ok(validate({ generator: { filters: 512, residual_blocks: 64 } }), JSON.stringify(validate.errors));
});

test('what does not exist is refused', () => {
  for (const params of [{ generator: { filter: 3 } }, { generator: { norm: 'layer' } }, { discriminator: { strides: [3] } }, { discriminator: { norm: { kind: 'row', eps: 1 } } }]) {
    assert.not(validate(params), JSON.stringify(params));
  }
});

test.run();
