import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testSelection } from '../../helpers/test-engine.ts';
import { attemptInNewProcess } from './attempt.ts';
import { project, removeProjects, stateOf, tenAndTen } from './exact-resume.ts';
import { reproducibleOutputs, wasm } from './tiny-training.ts';

test.after.each(removeProjects);
const tensorflow = await testSelection('tensorflow');

tenAndTen('chapter', wasm, 5);
tenAndTen('paper', wasm, 4);
if (tensorflow) {
  tenAndTen('chapter', tensorflow, 4);
  tenAndTen('chapter', tensorflow, 5);
  tenAndTen('paper', tensorflow, 5);
}

/** How many places between the first file-system call and the last are tried. */
const places = 40;

const kept = { iterations_per_epoch: 4, ema_decay: 0.9, keep_every: 1, sample_every: 1, keep_last: 1 };
const orders = {
  'a training that goes well': { epochs: 2, checkpoint_every: '3 iterations', ...kept },
  // See rollback.test.ts: it overflows within the first iterations, and not any more when it is halved a few times.
  'a training that rolls back': {
    epochs: 3, ...kept, on_nan: 'rollback', learning_rate_schedule: { constant_epochs: 9, decay_epochs: 0 },
    optimizer: { learning_rate: 5e17, beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true },
  },
};

for (const [what, overrides] of Object.entries(orders)) {
  test(`${what}, killed at places all over its file-system calls, continues to the same end`, async () => {
    const last = 4 * overrides.epochs;
    const order = { recipe: 'paper', overrides, engine: wasm, seed: 0 } as const;
    const straight = await project();
    const uninterrupted = await attemptInNewProcess({ ...order, folder: straight.folder, attempt: 0 });
    assert.is(uninterrupted.code, 'ok');
    const [outputs, state] = [await reproducibleOutputs(uninterrupted.out), await stateOf(straight, last)];
    assert.is((state.position.rollbacks ?? []).length > 0, 'on_nan' in overrides);
    for (let place = 0; place < places; place++) {
      const killAtFileCall = 1 + Math.floor((place * uninterrupted.fileCalls) / places);
      const parts = await project();
      const killed = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 0, killAtFileCall });
      assert.is(killed.code, 'killed');
      const continued = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 1 });
      assert.is(continued.code, 'ok');
      assert.equal(await reproducibleOutputs(continued.out), outputs, `killed at call ${killAtFileCall} of ${uninterrupted.fileCalls}`);
      assert.equal(await stateOf(parts, last), state, `killed at call ${killAtFileCall}`);
    }
  });
}

test.run();
