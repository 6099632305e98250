/** Fractal noise over a plane, of which clouds, ridges and grass are made. */
import { createNoise2D } from 'simplex-noise';

/** A smooth function of the plane, about −1 … 1. */
export type Noise = (x: number, y: number) => number;

/** Simplex noise, seeded by the stream. */
export const simplexNoise = (next: () => number): Noise => createNoise2D(next);

/** Fractional Brownian motion: `octaves` of noise, each at twice the frequency and half the height; about −1 … 1. */
export function fbm(noise: Noise, x: number, y: number, octaves: number): number {
  let sum = 0;
  let height = 0.5;
  let frequency = 1;
  for (let octave = 0; octave < octaves; octave++) {
    // Shifted a little from octave to octave, so that their zeros do not meet at the origin.
    sum += height * noise(x * frequency + 19.7 * octave, y * frequency - 7.3 * octave);
    height /= 2;
    frequency *= 2;
  }
  return sum;
}

/** Ridged noise: sharp crests where the noise crosses zero; 0 … 1. */
export function ridged(noise: Noise, x: number, y: number, octaves: number): number {
  let sum = 0;
  let height = 0.5;
  let frequency = 1;
  for (let octave = 0; octave < octaves; octave++) {
    const crest = 1 - Math.abs(noise(x * frequency + 31.1 * octave, y * frequency + 11.9 * octave));
    sum += height * crest * crest;
    height /= 2;
    frequency *= 2;
  }
  return sum;
}
