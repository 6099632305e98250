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
const places = 60;

test('killed at places all over its file-system calls, it continues to the same end', async () => {
  const overrides = { epochs: 2, iterations_per_epoch: 4, ema_decay: 0.9, keep_every: 1, sample_every: 1, checkpoint_every: '3 iterations', keep_last: 1 };
  const order = { recipe: 'paper', overrides, engine: wasm, seed: 3 } as const;
  const straight = await project();
  const uninterrupted = await attemptInNewProcess({ ...order, folder: straight.folder, attempt: 0 });
  const [outputs, state] = [await reproducibleOutputs(uninterrupted.out), await stateOf(straight, 8)];
  for (let place = 0; place < places; place++) {
    const killAtFileCall = 1 + Math.floor((place * uninterrupted.fileCalls) / places);
    const parts = await project();
    const killed = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 0, killAtFileCall });
    assert.is(killed.code, 'killed');
    const continued = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 1 });
    assert.is(continued.code, 'ok');
    assert.equal(await reproducibleOutputs(continued.out), outputs, `killed at call ${killAtFileCall} of ${uninterrupted.fileCalls}`);
    assert.equal(await stateOf(parts, 8), state, `killed at call ${killAtFileCall}`);
  }
});

test.run();
