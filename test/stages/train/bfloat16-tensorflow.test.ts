// The real train stage with its convolutions in bfloat16: repeatable to the bit, on any number of threads and after any
// interruption, and no float32 training under another name. Each training is a process of its own.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { join } from 'node:path';
import type { EngineSelection } from '../../../pipeline/stage.ts';
import { readCheckpoint } from '../../../stages/train/checkpoint/checkpoint.ts';
import { testSelection } from '../../helpers/test-engine.ts';
import { attemptInNewProcess } from './attempt.ts';
import { project, removeProjects, tenAndTen } from './exact-resume.ts';
import { digestsOf, reproducibleOutputs } from './tiny-training.ts';

test.after.each(removeProjects);
const tensorflow = await testSelection('tensorflow');

for (const name of ['TF_NUM_INTEROP_THREADS', 'TF_NUM_INTRAOP_THREADS']) delete process.env[name];

const wide = {
  model: {
    generator: { filters: 8, residual_blocks: 2, norm: 'channel', residual_norm: 'channel', padding: 'reflect' },
    discriminator: { filters: 8, strides: [2, 2, 2, 1], norm: 'channel', output: 'linear' },
  },
  augment: { crop: 64, flip: 0.5 }, epochs: 1, iterations_per_epoch: 4, ema_decay: 0.9, learning_rate_schedule: undefined,
};

/** Outputs and the last state of a training on images of 64 pixels. */
async function trained(precision: string, threads: number) {
  const at = await project({ height: 64, width: 64 });
  const engine: EngineSelection = { ...tensorflow!, threads };
  const { code, out } = await attemptInNewProcess({ folder: at.folder, attempt: 0, recipe: 'paper', overrides: { ...wide, precision }, engine, seed: 3 });
  assert.is(code, 'ok');
  const { tensors } = await readCheckpoint(join(at.checkpoints, 'iteration-00000004'));
  const state = (await digestsOf(at.checkpoints)).get('iteration-00000004/state.safetensors');
  return { outputs: await reproducibleOutputs(out), state, tensors };
}

if (tensorflow) {
  test('64 pixels: the same outputs and state on 1 and on 3 threads; others than in float32, but near them and in the same form', async () => {
    const [one, three, float32] = [await trained('bfloat16', 1), await trained('bfloat16', 3), await trained('float32', 1)];
    assert.equal([three.outputs, three.state], [one.outputs, one.state]);
    assert.equal([...one.outputs.keys()], [...float32.outputs.keys()]);
    assert.is.not(one.state, float32.state);
    assert.equal([...one.tensors].map(([name, { shape, data }]) => [name, shape, data.constructor]), [...float32.tensors].map(([name, { shape, data }]) => [name, shape, data.constructor]));
    // Master weights: after four steps of at most 2e-4 they are near float32's, and no bfloat16 themselves.
    for (const [name, { data }] of one.tensors) {
      if (!name.endsWith('/kernel') || name.startsWith('adam')) continue;
      const other = float32.tensors.get(name)!.data;
      assert.ok(data.every((value, index) => Math.abs(value - other[index]!) < 4 * 2 * 2e-4), name);
      const bits = new Uint32Array(Float32Array.from(data).buffer);
      assert.ok(bits.some((value) => (value & 0xffff) !== 0), `${name} is float32`);
    }
  });

  tenAndTen('paper', tensorflow, 4, 'bfloat16');
}

test.run();
