/**
 * The float32 value of each pixel value: x / (255 / (high − low)) + low, which for [-1, 1] is the chapter's
 * x / 127.5 − 1. Computed in double precision and rounded once, as NumPy's `(images / 127.5 - 1).astype('float32')`.
 */
export function scaleTable([low, high]: readonly [low: number, high: number]): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => value / (255 / (high - low)) + low);
}

export function scaled(pixels: Uint8Array, table: Float32Array): Float32Array {
  const values = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) values[i] = table[pixels[i]!]!;
  return values;
}
