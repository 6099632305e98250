// What `npm run bench:step` is asked to measure.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readOptions } from '../../../bench/step/options.ts';
import { peers } from '../../../bench/step/peers.ts';

const test = suite('options of bench:step');

const named = (...args: string[]) => readOptions(args)!.peers.map(({ name }) => name);

test('everybody is measured on the processor, and who is named', () => {
  assert.equal(named(), peers.map(({ name }) => name));
  assert.equal(named('--peers', 'ours, keras'), ['keras', 'ours']);
});

test('on a GPU, where nothing is captured, no captured peer is measured: those named are refused', () => {
  assert.equal(named('--device', 'gpu'), peers.filter(({ captured }) => captured !== true).map(({ name }) => name));
  assert.ok(named('--device', 'gpu').includes('ours-eager'));
  for (const name of ['ours', 'ours-bf16']) assert.throws(() => readOptions(['--device', 'gpu', '--peers', `keras,${name}`]), new RegExp(`--peers: ${name} is not one of .*ours-eager`));
});

test('what is not known is refused, with what is', () => {
  assert.throws(() => readOptions(['--device', 'tpu']), /--device: tpu is not one of cpu, gpu/);
  assert.throws(() => readOptions(['--steps', '0']), /--steps: 0 is not one of a number from 1/);
});

test.run();
