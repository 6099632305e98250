import { createPicture, type Picture } from '../../image/picture.ts';

/** The mean of pictures of one shape that are handed in one after the other. */
export class MeanPicture {
  #sum: Float64Array;
  #count = 0;
  readonly height: number;
  readonly width: number;
  readonly channels: number;

  constructor(shape: Pick<Picture, 'height' | 'width' | 'channels'>) {
    ({ height: this.height, width: this.width, channels: this.channels } = shape);
    this.#sum = new Float64Array(shape.height * shape.width * shape.channels);
  }

  add(picture: Picture): void {
    picture.data.forEach((value, i) => (this.#sum[i]! += value));
    this.#count++;
  }

  mean(): Picture {
    const picture = createPicture(this.height, this.width, this.channels);
    this.#sum.forEach((value, i) => (picture.data[i] = value / this.#count));
    return picture;
  }
}
