/** A generator's batches: as one graph where many of one shape come, operation by operation else. The bits are the same. */
import { capture, type CompiledStep } from '../engine/capture/index.ts';
import type { LayersModel, Tensor, Tensor4D, Tf } from '../engine/tf.ts';
import { networkWeights } from './network-weights.ts';

export interface BatchTranslation {
  /** `[images, height, width, channels]`, values in [-1, 1], in inference mode. The caller disposes what it gives and gets. */
  of(images: Tensor4D): Tensor4D;
  /** To be called after the model's weights were written. */
  refresh(): void;
  /** The model is its maker's. */
  dispose(): void;
}

/**
 * Image by image: so its bits do not depend on what else is in the batch, and a graph translates as many at once as it has
 * threads, of which there is one within an operation.
 */
export function eagerTranslation(tf: Tf, model: LayersModel): BatchTranslation {
  const translated = (images: Tensor4D): Tensor4D[] => tf.split(images, images.shape[0]).map((image) => model.predict(image) as Tensor4D);
  return { of: (images) => tf.tidy(() => tf.concat(translated(images))), refresh: () => undefined, dispose: () => undefined };
}

/** A capture costs what it saves in about as many batches. Shapes that come seldom (the last batch, the rows of the strip) are not worth one. */
const worthCapturing = 8;

/** Captures the first shape that comes {@link worthCapturing} times, writing a moment's file to `scratch`; else, and where TensorFlow refuses, eager. */
export function capturedTranslation(tf: Tf, model: LayersModel, scratch: string): BatchTranslation {
  const eager = eagerTranslation(tf, model);
  const seen = new Map<string, number>();
  let compiled: CompiledStep<'translated'> | 'none yet' | 'refused' = 'none yet';
  return {
    of(images) {
      const times = (seen.get(images.shape.join()) ?? 0) + 1;
      seen.set(images.shape.join(), times);
      if (compiled === 'none yet' && times === worthCapturing) compiled = compile(tf, eager, model, images, scratch) ?? 'refused';
      return typeof compiled !== 'string' && compiled.fits({ images }) ? compiled.run({ images }).translated as Tensor4D : eager.of(images);
    },
    refresh() {
      if (typeof compiled !== 'string') compiled.upload();
    },
    dispose() {
      if (typeof compiled !== 'string') compiled.dispose();
      compiled = 'refused';
    },
  };
}

function compile(tf: Tf, eager: BatchTranslation, model: LayersModel, images: Tensor4D, scratch: string): CompiledStep<'translated'> | undefined {
  const captured = capture(tf, {
    variables: networkWeights(model), inputs: { images }, scratch,
    step: ({ images: shown }) => ({ translated: eager.of(shown as Tensor4D) as Tensor }),
  });
  return captured.ok ? captured.value : undefined;
}
