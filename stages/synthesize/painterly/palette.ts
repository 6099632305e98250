import { mix, type Colour } from '../colour.ts';

const SHADOW: Colour = [0.26, 0.15, 0.2];
const MIDDLE: Colour = [0.76, 0.55, 0.36];
const LIGHT: Colour = [1, 0.92, 0.7];

/** How much of a colour the warm tone of its brightness replaces. */
const TINT = 0.58;
const SATURATION = 1.25;

/** A warm palette: aubergine shadows, ochre middle tones, cream lights, the colour's own hue kept in part. */
export function warm(colour: Colour): Colour {
  const brightness = brightnessOf(colour);
  const tone = brightness < 0.5 ? mix(SHADOW, MIDDLE, brightness * 2) : mix(MIDDLE, LIGHT, brightness * 2 - 1);
  const vivid = mix([brightness, brightness, brightness], colour, SATURATION);
  return mix(vivid, tone, TINT);
}

export const brightnessOf = (colour: Colour): number => 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];

/**
 * Soft posterising: pulls a value towards the middle of one of `levels` equal steps, with slopes instead of jumps between them.
 * `hardness` 0 leaves it as it is, towards 1 the steps become flat.
 */
export function posterize(value: number, levels: number, hardness: number): number {
  const scaled = value * levels;
  return value - (hardness * Math.sin(2 * Math.PI * scaled)) / (2 * Math.PI * levels);
}
