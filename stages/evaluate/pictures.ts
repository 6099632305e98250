/** Pictures out of the arrays that normalize writes. */
import type { ArraySetPart } from '../image-set/input.ts';
import { openImages } from '../npy/index.ts';
import { clamp01, createPicture, type Picture } from '../image/picture.ts';
import { centreWindow, copyWindow } from '../image/window.ts';

/** Some pictures of one split and domain, read one at a time. */
export interface Pictures {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** File names without folder, in order. */
  readonly names: readonly string[];
  /** How many the split and domain has. */
  readonly of: number;
  read(index: number): Promise<Picture>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Of more pictures than this, as many, evenly spread. */
  readonly atMost: number;
  /** The middle of each picture is cut out at this size; where it is larger than the pictures, they are taken whole. */
  readonly size: { readonly height: number; readonly width: number };
}

/** Opens the pictures of an array, whose values are taken as [−1, 1]. */
export async function openPictures(part: ArraySetPart, { atMost, size }: OpenOptions): Promise<Pictures> {
  const file = await openImages(part.location);
  const [of, height, width, channels] = file.shape;
  const count = Math.min(of, atMost);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * of) / count));
  const whole = [height, width, channels] as const;
  const cut = { height: Math.min(height, size.height), width: Math.min(width, size.width), channels };
  const middle = centreWindow(whole, [cut.height, cut.width]);
  return {
    ...cut,
    of,
    names: chosen.map((index) => part.names[index]!),
    read: async (index) => {
      const values = new Float32Array(cut.height * cut.width * channels);
      copyWindow(await file.read(chosen[index]!, 1), whole, middle, values);
      return fromSymmetric(values, cut);
    },
    close: () => file.close(),
  };
}

type Shape = Pick<Picture, 'height' | 'width' | 'channels'>;

/** A picture of values in [−1, 1], as the networks see and make them. */
export function fromSymmetric(values: Float32Array, { height, width, channels }: Shape): Picture {
  const picture = createPicture(height, width, channels);
  values.forEach((value, i) => (picture.data[i] = clamp01((value + 1) / 2)));
  return picture;
}

/** How many pictures networks see at once. */
const BATCH = 4;

/** All pictures in order, a few at a time; `first` is the index of the first of them. */
export async function* eachBatch(pictures: Pictures): AsyncGenerator<{ readonly first: number; readonly pictures: readonly Picture[] }> {
  for (let first = 0; first < pictures.names.length; first += BATCH) {
    const count = Math.min(BATCH, pictures.names.length - first);
    yield { first, pictures: await Promise.all(Array.from({ length: count }, (_, i) => pictures.read(first + i))) };
  }
}
