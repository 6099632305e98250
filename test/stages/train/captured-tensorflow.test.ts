// The real train stage on TensorFlow's CPU: captured or not, on whatever threads, it ends with the same bits. Each training
// is a process of its own, with the settings that the stage itself makes: nothing of the environment helps.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { join } from 'node:path';
import type { EngineSelection } from '../../../pipeline/stage.ts';
import { readCheckpoint } from '../../../stages/train/checkpoint/checkpoint.ts';
import { testSelection } from '../../helpers/test-engine.ts';
import { attemptInNewProcess } from './attempt.ts';
import { project, removeProjects } from './exact-resume.ts';
import { digestsOf, reproducibleOutputs } from './tiny-training.ts';

test.after.each(removeProjects);
const tensorflow = await testSelection('tensorflow');

for (const name of ['TF_NUM_INTEROP_THREADS', 'TF_NUM_INTRAOP_THREADS']) delete process.env[name];

/** Outputs and the last state of a training on images of `size` pixels. */
async function trained(size: number, overrides: Readonly<Record<string, unknown>>, last: number, settings: Pick<EngineSelection, 'capture' | 'threads'>) {
  const at = await project({ height: size, width: size });
  const { code, out } = await attemptInNewProcess({ folder: at.folder, attempt: 0, recipe: 'paper', overrides, engine: { ...tensorflow!, ...settings }, seed: 3 });
  assert.is(code, 'ok');
  const folder = `iteration-${String(last).padStart(8, '0')}`;
  const { position } = await readCheckpoint(join(at.checkpoints, folder));
  return { outputs: await reproducibleOutputs(out), state: (await digestsOf(at.checkpoints)).get(`${folder}/state.safetensors`), rollbacks: position.rollbacks ?? [] };
}

if (tensorflow) {
  const wide = {
    model: {
      generator: { filters: 8, residual_blocks: 2, norm: 'channel', residual_norm: 'channel', padding: 'reflect' },
      discriminator: { filters: 8, strides: [2, 2, 2, 1], norm: 'channel', output: 'linear' },
    },
    augment: { crop: 64, flip: 0.5 }, epochs: 2, iterations_per_epoch: 3, samples: 5, sample_every: 1, ema_decay: 0.9, learning_rate_schedule: undefined,
  };

  test('64 pixels: the same metrics, samples, networks and state captured and eagerly, and captured on 1 and on 3 threads', async () => {
    const eager = await trained(64, wide, 6, { capture: false });
    assert.ok(eager.outputs.has('metrics.jsonl') && eager.state !== undefined);
    for (const settings of [{ capture: true }, { capture: true, threads: 1 }, { capture: true, threads: 3 }]) {
      assert.equal(await trained(64, wide, 6, settings), eager, JSON.stringify(settings));
    }
  });

  test('a training that overflows is healed by rollbacks when it is captured too, with the same end', async () => {
    // As in rollback.test.ts; TensorFlow's normalization overflows at lower rates.
    const overflowing = {
      optimizer: { learning_rate: 8e9, beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true },
      on_nan: 'rollback', learning_rate_schedule: undefined, iterations_per_epoch: 4, epochs: 3, ema_decay: 0.9, keep_every: 2,
    };
    const captured = await trained(12, overflowing, 12, { capture: true });
    assert.ok(captured.rollbacks.length > 0);
    assert.equal(await trained(12, overflowing, 12, { capture: false }), captured);
  });
}

test.run();
