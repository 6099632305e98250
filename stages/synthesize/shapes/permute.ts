import { createPicture, type Picture } from '../../image/picture.ts';

/** Channel c of the result is channel `order[c]` of the picture. */
export function permuteChannels(picture: Picture, order: readonly [number, number, number]): Picture {
  const permuted = createPicture(picture.height, picture.width);
  for (let at = 0; at < permuted.data.length; at += 3) {
    order.forEach((from, c) => (permuted.data[at + c] = picture.data[at + from]!));
  }
  return permuted;
}
