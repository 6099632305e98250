import { test } from 'uvu';
import * as assert from 'uvu/assert';
import Ajv2020 from 'ajv/dist/2020.js';
import { modelSchema, resolveModel } from '../../../stages/model/schema.ts';

const validate = new Ajv2020.default({ allowUnionTypes: true }).compile(modelSchema);

test('the defaults are the chapter\'s', () => {
  const { generator, discriminator } = resolveModel();
  assert.equal([generator.filters, generator.residual_blocks, discriminator.filters], [32, 6, 64]);
  assert.equal(generator.norm, { kind: 'row', epsilon: 1e-3, affine: true, momentum: 0 });
  assert.equal(generator.residual_norm, { kind: 'batch', epsilon: 1e-5, affine: true, momentum: 0.9 });
});

test('a resolved model fits the schema and resolves to itself', () => {
  for (const params of [{}, { generator: { norm: 'channel', filters: 16 } }, { discriminator: { norm: { kind: 'batch', momentum: 0.5 } }, init_type: 'normal' }] as const) {
    assert.ok(validate(params), JSON.stringify(validate.errors));
    const resolved = resolveModel(params);
    assert.ok(validate(resolved), JSON.stringify(validate.errors));
    assert.equal(resolveModel(resolved), resolved);
  }
});

test('what does not exist is refused', () => {
  for (const params of [{ generator: { filter: 3 } }, { generator: { norm: 'layer' } }, { discriminator: { strides: [3] } }, { discriminator: { norm: { kind: 'row', eps: 1 } } }]) {
    assert.not(validate(params), JSON.stringify(params));
  }
});

test.run();
