/** One image in memory, for drawing and for metrics: `[height, width, channels]`, interleaved, values in [0, 1]. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** A black picture. */
export function createPicture(height: number, width: number, channels = 3): Picture {
  return { height, width, channels, data: new Float32Array(height * width * channels) };
}

/** A picture of the same shape whose every value is `map` of the old one. */
export function mapValues(picture: Picture, map: (value: number, index: number) => number): Picture {
  return { ...picture, data: picture.data.map(map) };
}

export const clamp01 = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);

/** The picture as uint8 pixels, rounded to the nearest. */
export function toBytes(picture: Picture): Uint8Array {
  const bytes = new Uint8Array(picture.data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(clamp01(picture.data[i]!) * 255);
  return bytes;
}

/** The picture as it is after being stored in 8 bits. */
export function quantize(picture: Picture): Picture {
  return mapValues(picture, (value) => Math.round(clamp01(value) * 255) / 255);
}

/** Rec. 601 luminance, `[height, width, 1]`; a picture of one channel is its own. */
export function luminance(picture: Picture): Picture {
  if (picture.channels === 1) return picture;
  const grey = createPicture(picture.height, picture.width, 1);
  for (let pixel = 0, at = 0; pixel < grey.data.length; pixel++, at += picture.channels) {
    grey.data[pixel] = 0.299 * picture.data[at]! + 0.587 * picture.data[at + 1]! + 0.114 * picture.data[at + 2]!;
  }
  return grey;
}

/** Averages blocks of `factor` × `factor` pixels; both sides must be multiples of it. */
export function shrink(picture: Picture, factor: number): Picture {
  const { channels } = picture;
  const small = createPicture(picture.height / factor, picture.width / factor, channels);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const to = (Math.floor(y / factor) * small.width + Math.floor(x / factor)) * channels;
      const from = (y * picture.width + x) * channels;
      for (let c = 0; c < channels; c++) small.data[to + c]! += picture.data[from + c]! / (factor * factor);
    }
  }
  return small;
}
