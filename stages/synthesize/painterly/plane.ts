/** One value a pixel, and the few filters that painting needs. Beyond the border the nearest pixel counts. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

export const plane = (height: number, width: number): Plane => ({ height, width, data: new Float32Array(height * width) });

const inside = (index: number, side: number) => (index < 0 ? 0 : index >= side ? side - 1 : index);

/** The value of the nearest pixel. */
export function valueAt(from: Plane, y: number, x: number): number {
  return from.data[inside(Math.round(y), from.height) * from.width + inside(Math.round(x), from.width)]!;
}

/** Gaussian blur with standard deviation `sigma` in pixels. */
export function blur(from: Plane, sigma: number): Plane {
  const radius = Math.ceil(2.5 * sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b, 0);
  const normalized = weights.map((weight) => weight / sum);
  return blurAlong(blurAlong(from, normalized, 0, 1), normalized, 1, 0);
}

function blurAlong(from: Plane, weights: readonly number[], dy: number, dx: number): Plane {
  const radius = (weights.length - 1) / 2;
  const to = plane(from.height, from.width);
  const { height, width, data } = from;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        sum += weights[k + radius]! * data[inside(y + k * dy, height) * width + inside(x + k * dx, width)]!;
      }
      to.data[y * width + x] = sum;
    }
  }
  return to;
}
