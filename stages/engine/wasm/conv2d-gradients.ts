/**
 * The two gradients of a 2-D convolution (NHWC, dilation 1, any stride and padding) for tfjs's wasm backend, which lacks the
 * filter's and has a slow one of the input. Composed of the backend's fast kernels, matMul and conv2d above all.
 */
import type { backend_util } from '@tensorflow/tfjs-core';
import type { KernelScope, TensorInfo } from './kernel-scope.ts';

export type ConvolutionShape = Pick<
  backend_util.Conv2DInfo,
  'batchSize' | 'inHeight' | 'inWidth' | 'inChannels' | 'outHeight' | 'outWidth' | 'outChannels' | 'strideHeight' | 'strideWidth' | 'filterHeight' | 'filterWidth' | 'padInfo'
>;

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/**
 * d loss / d filter `[filterHeight, filterWidth, inChannels, outChannels]` of the input `x` `[batch, height, width, inChannels]`
 * and `dy` `[batch, outHeight, outWidth, outChannels]`: for each tap, the input shifted by it as a matrix times dy as one.
 * Shifted is only where reading begins: dy has zeros wherever the shifted input runs on into the next line or channel.
 */
export function filterGradient(scope: KernelScope, x: TensorInfo, dy: TensorInfo, shape: ConvolutionShape): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels, strideHeight, strideWidth } = shape;
  const height = outHeight - 1 + Math.ceil(filterHeight / strideHeight);
  const width = outWidth - 1 + Math.ceil(filterWidth / strideWidth);
  const length = batchSize * height * width;
  const planes = planesByPhase(scope, x, height, width, shape);
  const dyByPosition = scope.reshape(scope.pad(dy, [[0, 0], [0, height - outHeight], [0, width - outWidth], [0, 0]]), [length, outChannels]);
  const taps = range(filterHeight).flatMap((row) => range(filterWidth).map((column) => {
    const phase = (row % strideHeight) * strideWidth + (column % strideWidth);
    const shift = Math.floor(row / strideHeight) * width + Math.floor(column / strideWidth);
    return scope.matMul(scope.view(planes, phase * inChannels * length + shift, [inChannels, length]), dyByPosition);
  }));
  return scope.reshape(scope.concat(taps, 0), [filterHeight, filterWidth, inChannels, outChannels]);
}

/**
 * The padded input, `[strideHeight · strideWidth, inChannels, batch, height, width]`: for each phase (a place within a stride)
 * and channel what a tap of that phase meets. At the end as many zeros more as the last tap's shift reads beyond it.
 */
function planesByPhase(scope: KernelScope, x: TensorInfo, height: number, width: number, shape: ConvolutionShape): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth, padInfo } = shape;
  const plane = batchSize * height * width;
  const beyond = (height - shape.outHeight) * width + (width - shape.outWidth);
  return scope.write([strideHeight * strideWidth * inChannels * plane + beyond], [x], (planes, [source]) => {
    planes.fill(0);
    // What no window covers is left out.
    const [rows, columns] = [Math.min(inHeight, height * strideHeight - padInfo.top), Math.min(inWidth, width * strideWidth - padInfo.left)];
    for (let image = 0; image < batchSize; image++) {
      for (let line = 0; line < rows; line++) {
        const row = line + padInfo.top;
        const start = (row % strideHeight) * strideWidth * inChannels * plane + (image * height + Math.floor(row / strideHeight)) * width;
        let from = (image * inHeight + line) * inWidth * inChannels;
        for (let column = padInfo.left; column < padInfo.left + columns; column++) {
          let to = start + (column % strideWidth) * inChannels * plane + Math.floor(column / strideWidth);
          for (let channel = 0; channel < inChannels; channel++, to += plane) planes[to] = source![from++]!;
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
  const { padInfo, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth, strideHeight, strideWidth } = shape;
  const taps = scope.transpose(scope.reshape(filter, [shape.filterHeight * shape.filterWidth, inChannels, outChannels]), [0, 2, 1]);
  if (strideHeight === 1 && strideWidth === 1) {
    const sides = (filterLength: number, before: number, length: number, outLength: number) =>
      [filterLength - 1 - before, length - outLength + before] as const;
    const padding = [sides(shape.filterHeight, padInfo.top, inHeight, outHeight), sides(shape.filterWidth, padInfo.left, inWidth, outWidth)] as const;
    return scope.convolve(dy, phaseOfFilter(scope, taps, 0, 0, shape)!, padding);
  }
  const height = Math.ceil((padInfo.top + inHeight) / strideHeight);
  const width = Math.ceil((padInfo.left + inWidth) / strideWidth);
  const phases = range(strideHeight).flatMap((row) => range(strideWidth).map((column) =>
    phaseOfInput(scope, dy, phaseOfFilter(scope, taps, row, column, shape), height, width, shape)));
  return interleave(scope, phases, height, width, shape);
}

/** The phases `[batch, height, width, inChannels]`, each in its places: `[batch, inHeight, inWidth, inChannels]`. Of no phase: zeros. */
function interleave(scope: KernelScope, phases: readonly (TensorInfo | undefined)[], height: number, width: number, shape: ConvolutionShape): TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth, padInfo } = shape;
  const there = phases.filter((phase) => phase !== undefined);
  return scope.write([batchSize, inHeight, inWidth, inChannels], there, (output, sources) => {
    if (there.length < phases.length) output.fill(0);
    const sourceOf = phases.map((phase) => (phase === undefined ? undefined : sources[there.indexOf(phase)]));
    let to = 0;
    for (let line = 0; line < batchSize * inHeight; line++) {
      const row = (line % inHeight) + padInfo.top;
      const start = (Math.floor(line / inHeight) * height + Math.floor(row / strideHeight)) * width;
      for (let column = padInfo.left; column < padInfo.left + inWidth; column++, to += inChannels) {
        const source = sourceOf[(row % strideHeight) * strideWidth + (column % strideWidth)];
        const from = (start + Math.floor(column / strideWidth)) * inChannels;
        if (source !== undefined) for (let channel = 0; channel < inChannels; channel++) output[to + channel] = source[from + channel]!;
      }
    }
  });
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

function phaseOfInput(scope: KernelScope, dy: TensorInfo, taps: TensorInfo | undefined, height: number, width: number, shape: ConvolutionShape): TensorInfo | undefined {
  if (!taps) return undefined;
  const [tapHeight, tapWidth] = taps.shape as [number, number];
  return scope.convolve(dy, taps, [[tapHeight - 1, height - shape.outHeight], [tapWidth - 1, width - shape.outWidth]]);
}
