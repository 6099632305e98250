import { capture, type CaptureRequest } from '../../stages/engine/capture/index.ts';
import { eagerTranslation } from '../../stages/model/batch-translation.ts';
import type { LayersModel, Tensor, Tensor4D, Tf } from '../../stages/engine/tf.ts';
import { networkWeights } from '../../stages/model/network-weights.ts';
import type { Peer } from './peers.ts';
import { batches, images, ourNetworks } from './start-file.ts';
import type { Task } from './task.ts';
import type { Work } from './work.ts';

/** Batches through generatorAToB in inference mode, array to array: as a captured graph, as evaluate translates; or operation by operation. */
export function ourTranslation(tf: Tf, task: Task, peer: Peer, scratch: string): Work {
  const generator = ourNetworks(tf, task).generatorAToB;
  const translate = peer.captured ? captured(tf, generator, task, { scratch, precision: peer.precision }) : eagerTranslation(tf, generator).of;
  const shown = Array.from({ length: batches }, (_, index) => images(task, 'A', index));
  return async (iteration) => {
    const image = tf.tensor4d(shown[iteration % batches]!, [task.batch, task.size, task.size, 3]);
    const output = tf.tidy(() => translate(image));
    const values = await output.data<'float32'>();
    tf.dispose([image, output] as Tensor[]);
    return { mean: values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length, first: values[0]! };
  };
}

function captured(tf: Tf, generator: LayersModel, { batch, size }: Task, options: Pick<CaptureRequest<string, string>, 'scratch' | 'precision'>): (image: Tensor4D) => Tensor4D {
  const example = tf.zeros([batch, size, size, 3]);
  const compiled = capture(tf, {
    variables: networkWeights(generator), inputs: { image: example }, ...options,
    step: ({ image }) => ({ translated: eagerTranslation(tf, generator).of(image as Tensor4D) as Tensor }),
  });
  if (!compiled.ok) throw new Error(`the translation cannot be captured: ${compiled.failure.message}`);
  compiled.value.upload();
  return (image) => compiled.value.run({ image })['translated'] as Tensor4D;
}
