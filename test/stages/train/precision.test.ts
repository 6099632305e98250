import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tmpdir } from 'node:os';
import type { EngineSelection } from '../../../pipeline/stage.ts';
import type { Tensor4D } from '../../../stages/engine/tf.ts';
import { trainStage } from '../../../stages/train/definition.ts';
import { notCaptured, notCapturedFailure, StepNotCaptured, warnWhereSlow } from '../../../stages/train/precision.ts';
import { implementation } from '../../../stages/train/run.ts';
import { capturedExecution } from '../../../stages/train/step/execution.ts';
import type { Trainer } from '../../../stages/train/step/trainer.ts';
import { testEngine } from '../../helpers/test-engine.ts';
import { chapter, failureOf, paper, TinyProject, valueOf, wasm } from './tiny-training.ts';

const tensorflow: EngineSelection = { backend: 'tensorflow', version: '2.21.0', device: 'cpu', capture: true };
const gpu: EngineSelection = { ...tensorflow, device: 'gpu:0', capture: false };
const uncaptured: EngineSelection = { ...tensorflow, capture: false };

test('float32 is in neither key nor trajectory, as before there was a choice; bfloat16 is in both', () => {
  for (const recipe of [chapter, paper]) {
    const [absent, float32, bfloat16] = [{}, { precision: 'float32' }, { precision: 'bfloat16' }].map((given) => valueOf(recipe(given)));
    for (const of of ['keyed', 'trajectory'] as const) {
      assert.equal(float32![of], absent![of]);
      assert.equal({ ...(bfloat16![of] as object), precision: undefined }, { ...(absent![of] as object), precision: undefined });
      assert.is((bfloat16![of] as { readonly precision?: string }).precision, 'bfloat16');
    }
  }
});

const check = (precision: string, engine: EngineSelection) => trainStage.checkEngine!(valueOf(chapter({ precision })).params, engine, (parameter) => ({ file: parameter }));

test('bfloat16 is refused at once wherever steps are not captured, with its place and the remedy', () => {
  for (const [engine, message, hint] of [[wasm, /wasm/, /engine: tensorflow/], [uncaptured, /engine\.capture is off/, /engine\.capture to auto/], [gpu, /gpu:0/, /engine\.device to cpu/]] as const) {
    const failure = failureOf(check('bfloat16', engine));
    assert.is(failure.code, 'train-precision-engine');
    assert.match(failure.message, message);
    assert.match(failure.hint!, hint);
    assert.equal(failure.where, { file: 'precision' });
    assert.ok(check('float32', engine).ok);
  }
  assert.ok(check('bfloat16', tensorflow).ok);
});

test('a training that was not asked first refuses too, and writes nothing', async () => {
  const project = await TinyProject.create();
  await project.writeData();
  const context = await project.context(valueOf(chapter({ precision: 'bfloat16' })).params, { engine: wasm });
  assert.is(failureOf(await implementation.run(context)).code, 'train-precision-engine');
  assert.equal(context.recorded.progress, []);
  await project.remove();
});

test('where it costs time instead of saving it one line says so', () => {
  const warned = (precision: 'float32' | 'bfloat16', isFast: boolean | undefined) => {
    const lines: string[] = [];
    warnWhereSlow({ precision }, (line) => lines.push(line), isFast);
    return lines;
  };
  assert.match(warned('bfloat16', false).join('\n'), /^precision bfloat16 is slower [^\n]*avx512_bf16[^\n]*$/);
  for (const isFast of [true, undefined]) assert.equal(warned('bfloat16', isFast), []);
  assert.equal(warned('float32', false), []);
});

test('a step that cannot be captured is said where float32 goes on without, and ends bfloat16', () => {
  const lines: string[] = [];
  notCaptured({ precision: 'float32' }, (line) => lines.push(line))('Where cannot be captured');
  assert.is(lines.length, 1);
  assert.match(lines[0]!, 'Where cannot be captured');
  assert.throws(() => notCaptured({ precision: 'bfloat16' }, (line) => lines.push(line))('Where cannot be captured'), (error: unknown) => error instanceof StepNotCaptured);
  assert.is(lines.length, 1);
  const failure = failureOf(notCapturedFailure(new StepNotCaptured('Where cannot be captured')));
  assert.is(failure.code, 'train-precision-refused');
  assert.match(failure.message, 'Where cannot be captured');
});

const tf = await testEngine('tensorflow');
if (tf) {
  test('in bfloat16 a step that cannot be captured is not run in float32 instead', () => {
    let steps = 0;
    const trainer: Trainer = {
      step: ({ realA }) => {
        steps += 1;
        return { losses: { cycle_A: tf.scalar(realA.dataSync()[0]!) }, generatedA: realA.clone(), generatedB: realA.clone() };
      },
      state: () => new Map(), lossNames: ['cycle_A'], averages: () => undefined, dispose: () => undefined,
    };
    const stepped = (precision: 'float32' | 'bfloat16') => {
      steps = 0;
      const execution = capturedExecution(tf, trainer, { scratch: tmpdir(), precision, refused: notCaptured({ precision }, () => undefined) });
      const image = tf.zeros([1, 4, 4, 3]) as Tensor4D;
      return () => execution.step({ realA: image, realB: image }, tf.scalar(1));
    };
    assert.throws(stepped('bfloat16'), (error: unknown) => error instanceof StepNotCaptured && /reads the values/.test(error.message));
    assert.is(steps, 1, 'recorded only');
    stepped('float32')();
    assert.is(steps, 2, 'recorded, then run');
  });
}

test.run();
