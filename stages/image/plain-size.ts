/**
 * How large an image may say it is and still be read without libvips: 2048×2048 pixels in all. Larger ones gain little by it,
 * a decoder's memory grows to the largest image in each thread and never shrinks, and what claims to be gigantic is for
 * libvips to refuse.
 */
const mostPixels = 2048 * 2048;

export const isPlainSize = (height: number, width: number): boolean => height > 0 && width > 0 && height * width <= mostPixels;
