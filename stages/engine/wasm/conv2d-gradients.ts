/**
 * The two gradients of a 2-D convolution (NHWC, dilation 1, any stride and padding) for tfjs's wasm backend, which lacks the
 * filter's and has a slow one of the input. Composed of the backend's fast kernels: pad, slice, concat, matMul and conv2d.
 */
import type { backend_util } from '@tensorflow/tfjs-core';
import type { KernelScope, TensorInfo } from './kernel-scope.ts';

export type ConvolutionShape = Pick<
  backend_util.Conv2DInfo,
  'batchSize' | 'inHeight' | 'inWidth' | 'inChannels' | 'outHeight' | 'outWidth' | 'outChannels' | 'strideHeight' | 'strideWidth' | 'filterHeight' | 'filterWidth' | 'padInfo'
>;

/** At most so many numbers of patches are laid out at once (64 MB); larger batches go in parts. */
const patchLimit = 2 ** 24;

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/**
 * d loss / d filter `[filterHeight, filterWidth, inChannels, outChannels]` of the input `x` `[batch, height, width, inChannels]`
 * and `dy` `[batch, outHeight, outWidth, outChannels]`: for each filter row, the patches under it as a matrix times dy as one.
 */
export function filterGradient(scope: KernelScope, x: TensorInfo, dy: TensorInfo, shape: ConvolutionShape): TensorInfo {
  const { batchSize, outHeight, outWidth, filterWidth, inChannels } = shape;
  const images = Math.max(1, Math.floor(patchLimit / (outHeight * outWidth * filterWidth * inChannels)));
  const parts = range(Math.ceil(batchSize / images)).map((part) => {
    const count = Math.min(images, batchSize - part * images);
    const of = (tensor: TensorInfo) => scope.slice(tensor, [part * images, 0, 0, 0], [count, ...tensor.shape.slice(1)]);
    return filterGradientOfPart(scope, of(x), of(dy), { ...shape, batchSize: count });
  });
  return parts.reduce((sum, part) => scope.add(sum, part));
}

function filterGradientOfPart(scope: KernelScope, x: TensorInfo, dy: TensorInfo, shape: ConvolutionShape): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels } = shape;
  const positions = batchSize * outHeight * outWidth;
  const dyByPosition = scope.reshape(dy, [positions, outChannels]);
  const lines = linesByChannel(scope, padForWindows(scope, x, shape), shape);
  const rows = range(filterHeight).map((row) => scope.matMul(patchesUnderRow(scope, lines, row, shape), dyByPosition));
  return scope.reshape(scope.concat(rows, 0), [filterHeight, filterWidth, inChannels, outChannels]);
}

/** The padded input, cropped to what the windows cover; its width a multiple of the stride. */
function padForWindows(scope: KernelScope, x: TensorInfo, shape: ConvolutionShape): TensorInfo {
  const { padInfo, inHeight, inWidth } = shape;
  const height = shape.strideHeight * (shape.outHeight - 1) + shape.filterHeight;
  const width = shape.strideWidth * (shape.outWidth - 1 + Math.ceil(shape.filterWidth / shape.strideWidth));
  return scope.pad(x, [[0, 0], [padInfo.top, height - inHeight - padInfo.top], [padInfo.left, width - inWidth - padInfo.left], [0, 0]]);
}

/**
 * `[batch, height, width, channels]` as `[strideWidth, channels, batch, height, width / strideWidth]`: what one tap of the filter
 * meets along a line of output positions then stands side by side.
 */
function linesByChannel(scope: KernelScope, padded: TensorInfo, { strideWidth }: ConvolutionShape): TensorInfo {
  const [batch, height, width, channels] = padded.shape as [number, number, number, number];
  const length = width / strideWidth;
  return scope.write([strideWidth, channels, batch, height, length], [padded], (output, [source]) => {
    let from = 0;
    for (let line = 0; line < batch * height; line++) {
      for (let column = 0; column < width; column++) {
        let to = ((column % strideWidth) * channels * batch * height + line) * length + Math.floor(column / strideWidth);
        for (let channel = 0; channel < channels; channel++, to += batch * height * length) output[to] = source![from++]!;
      }
    }
  });
}

/** What lies under one row of the filter: `[filterWidth · inChannels, batch · outHeight · outWidth]`. */
function patchesUnderRow(scope: KernelScope, lines: TensorInfo, row: number, shape: ConvolutionShape): TensorInfo {
  const { batchSize, outHeight, outWidth, filterWidth, inChannels, strideHeight, strideWidth } = shape;
  const [, , , height, length] = lines.shape as [number, number, number, number, number];
  return scope.write([filterWidth * inChannels, batchSize * outHeight * outWidth], [lines], (patches, [source]) => {
    let to = 0;
    for (let column = 0; column < filterWidth; column++) {
      for (let channel = 0; channel < inChannels; channel++) {
        const start = ((column % strideWidth) * inChannels + channel) * batchSize * height;
        for (let position = 0; position < batchSize * outHeight; position++, to += outWidth) {
          const line = Math.floor(position / outHeight) * height + (position % outHeight) * strideHeight + row;
          const from = (start + line) * length + Math.floor(column / strideWidth);
          patches.set(source!.subarray(from, from + outWidth), to);
        }
      }
    }
  });
}

/**
 * d loss / d input `[batch, height, width, inChannels]` of `dy` and `filter` `[filterHeight, filterWidth, inChannels, outChannels]`.
 * Input positions that have the same phase (their place within a stride) meet the same taps: for each phase an ordinary convolution
 * of dy with these taps, turned around; the phases are then interleaved.
 */
export function inputGradient(scope: KernelScope, dy: TensorInfo, filter: TensorInfo, shape: ConvolutionShape): TensorInfo {
  const { padInfo, inHeight, inWidth, inChannels, outChannels, strideHeight, strideWidth, batchSize } = shape;
  const taps = scope.transpose(scope.reshape(filter, [shape.filterHeight * shape.filterWidth, inChannels, outChannels]), [0, 2, 1]);
  const height = Math.ceil((padInfo.top + inHeight) / strideHeight);
  const width = Math.ceil((padInfo.left + inWidth) / strideWidth);
  const lines = range(strideHeight).map((row) => {
    const phases = range(strideWidth).map((column) => phaseOfInput(scope, dy, phaseOfFilter(scope, taps, row, column, shape), height, width, shape));
    return scope.reshape(scope.concat(phases, 3), [batchSize, height, 1, width * strideWidth * inChannels]);
  });
  const whole = scope.reshape(scope.concat(lines, 2), [batchSize, height * strideHeight, width * strideWidth, inChannels]);
  return scope.slice(whole, [0, padInfo.top, padInfo.left, 0], [batchSize, inHeight, inWidth, inChannels]);
}

/** The taps at rows `row`, `row + stride`, … and such columns, in reverse order: `[rows, columns, outChannels, inChannels]`; undefined if there are none. */
function phaseOfFilter(scope: KernelScope, taps: TensorInfo, row: number, column: number, shape: ConvolutionShape): TensorInfo | undefined {
  const { filterHeight, filterWidth, inChannels, outChannels, strideHeight, strideWidth } = shape;
  const rows = range(filterHeight).filter((at) => at % strideHeight === row).reverse();
  const columns = range(filterWidth).filter((at) => at % strideWidth === column).reverse();
  if (rows.length === 0 || columns.length === 0) return undefined;
  const block = inChannels * outChannels;
  return scope.write([rows.length, columns.length, outChannels, inChannels], [taps], (output, [source]) => {
    const chosen = rows.flatMap((tapRow) => columns.map((tapColumn) => tapRow * filterWidth + tapColumn));
    chosen.forEach((tap, place) => output.set(source!.subarray(tap * block, (tap + 1) * block), place * block));
  });
}

function phaseOfInput(scope: KernelScope, dy: TensorInfo, taps: TensorInfo | undefined, height: number, width: number, shape: ConvolutionShape): TensorInfo {
  if (!taps) return scope.zeros([shape.batchSize, height, width, shape.inChannels]);
  const [tapHeight, tapWidth] = taps.shape as [number, number];
  const padded = scope.pad(dy, [[0, 0], [tapHeight - 1, height - shape.outHeight], [tapWidth - 1, width - shape.outWidth], [0, 0]]);
  return scope.convolve(padded, taps);
}
