import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeRecord } from '../../../../stages/train/tensorboard/event-file.ts';
import { TensorBoardLog } from '../../../../stages/train/tensorboard/log.ts';
import { encodeGraph } from '../../../../stages/train/tensorboard/network-graph.ts';
import { drawPanels, pngSize } from '../../../../stages/train/samples/triptych.ts';

/** A Python with the package tensorboard, or why there is none. */
function pythonWithTensorBoard(): { readonly python: string } | { readonly reason: string } {
  const python = process.env['GIVERNY_TEST_PYTHON'] ?? fileURLToPath(new URL('../../../../.venv/bin/python', import.meta.url));
  if (!existsSync(python)) return { reason: `no Python at GIVERNY_TEST_PYTHON or .venv/bin/python` };
  const found = spawnSync(python, ['-c', 'import tensorboard.backend.event_processing.event_accumulator']).status === 0;
  return found ? { python } : { reason: `${python} has no package tensorboard` };
}

const readWithTensorBoard = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
log = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'images': 0})
log.Reload()
graph = log.Graph()
print(json.dumps({
  'scalars': {tag: [[e.wall_time, e.step, e.value] for e in log.Scalars(tag)] for tag in log.Tags()['scalars']},
  'images': {tag: [[e.step, e.width, e.height, len(e.encoded_image_string)] for e in log.Images(tag)] for tag in log.Tags()['images']},
  'graph': [[n.name, n.op, list(n.input), [d.size for d in n.attr['_output_shapes'].list.shape[0].dim]] for n in graph.node],
}))`;

let folder = '';
test.before.each(async () => void (folder = await mkdtemp(join(tmpdir(), 'giverny-tensorboard-'))));
test.after.each(() => rm(folder, { recursive: true, force: true }));

test('a record is framed as TFRecord: CRC-32C of "123456789" is e3069283', () => {
  const record = Buffer.from(encodeRecord(Buffer.from('123456789')));
  assert.is(record.readBigUInt64LE(0), 9n);
  assert.is(record.toString('latin1', 12, 21), '123456789');
  const unmasked = (masked: number) => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  assert.is(unmasked(record.readUInt32LE(21)), 0xe3069283);
});

test('spans of epochs become files, at most about a hundred, and the same again when a run continues', async () => {
  const epochs = 250;
  const write = async (into: string) => {
    const log = new TensorBoardLog(into, epochs);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      log.add({ kind: 'scalars', step: epoch, time: epoch, scalars: { loss: 1 / epoch } });
      await log.endEpoch(epoch);
    }
    const names = (await readdir(into)).sort();
    return { names, contents: await Promise.all(names.map((name) => readFile(join(into, name)))) };
  };
  const one = await write(join(folder, 'one'));
  assert.is(one.names.length, 84);
  assert.ok(one.names.every((name) => name.includes('tfevents')));
  assert.equal(await write(join(folder, 'other')), one);
});

const found = pythonWithTensorBoard();
if ('reason' in found) console.log(`skipped: TensorBoard opens what was written (${found.reason})`);
else {
  test('TensorBoard itself reads scalars, images and the graph', async () => {
    const log = new TensorBoardLog(folder, 2);
    log.add({ kind: 'graph', time: 1.5, graph: encodeGraph([
      { name: 'g/input', op: 'InputLayer', inputs: [], shape: [null, 8, 8, 3] },
      { name: 'g/c7s1-32', op: 'Conv2D', inputs: ['g/input'], shape: [null, 8, 8, 32] },
    ]) });
    const png = await drawPanels([new Float32Array(192).fill(1), new Float32Array(192).fill(-1)], [8, 8, 3]);
    log.add({ kind: 'scalars', step: 1, time: 1.5, scalars: { generator_loss: 3.25, 'generator/cycle_A': 0.5 } });
    log.add({ kind: 'images', step: 1, time: 1.5, images: [{ tag: 'AtoB/a', png, ...pngSize(png) }] });
    await log.endEpoch(1);
    log.add({ kind: 'scalars', step: 2, time: 2.5, scalars: { generator_loss: 2.25, 'generator/cycle_A': 0.25 } });
    await log.endEpoch(2);
    const read = spawnSync(found.python, ['-c', readWithTensorBoard, folder], { encoding: 'utf8' });
    assert.is(read.status, 0, read.stderr);
    assert.equal(JSON.parse(read.stdout), {
      scalars: { generator_loss: [[1.5, 1, 3.25], [2.5, 2, 2.25]], 'generator/cycle_A': [[1.5, 1, 0.5], [2.5, 2, 0.25]] },
      images: { 'AtoB/a': [[1, 18, 8, png.length]] },
      graph: [['g/input', 'InputLayer', [], [-1, 8, 8, 3]], ['g/c7s1-32', 'Conv2D', ['g/input'], [-1, 8, 8, 32]]],
    });
  });
}

test.run();
