import type { RandomStream } from '../../random.ts';
import { mix, multiply, scale, smoothstep, type Colour } from '../colour.ts';
import { fbm, ridged, simplexNoise, type Noise } from '../noise.ts';
import type { Canvas } from '../canvas.ts';
import type { Light } from './light.ts';

/** One range of mountains. Heights and places are shares of the picture's side. */
interface Range {
  readonly noise: Noise;
  readonly base: number;
  readonly height: number;
  readonly frequency: number;
  /** 0 near … 1 far: how much haze lies before it. */
  readonly distance: number;
  readonly rock: Colour;
  /** Height above `base` from which snow lies; Infinity for none. */
  readonly snowline: number;
}

const rocks: readonly Colour[] = [[0.42, 0.39, 0.37], [0.5, 0.42, 0.34], [0.33, 0.37, 0.36], [0.38, 0.43, 0.3]];

/** Paints one to three ranges, the far ones first, each standing on `horizonAt`. */
export function paintMountains(canvas: Canvas, random: RandomStream, light: Light, horizonAt: number): void {
  const count = 1 + random.integer(3);
  const rock = rocks[random.integer(rocks.length)]!;
  const snow = random.next() < 0.45;
  for (let i = 0; i < count; i++) {
    const distance = count === 1 ? 0.35 : 0.75 - (0.6 * i) / (count - 1);
    const height = horizonAt * (0.3 + 0.42 * random.next()) * (0.7 + 0.4 * distance);
    paintRange(canvas, light, {
      noise: simplexNoise(random.next),
      base: horizonAt,
      height,
      frequency: 0.5 + 0.9 * random.next(),
      distance,
      rock,
      snowline: snow ? height * (0.45 + 0.3 * random.next()) : Infinity,
    });
  }
}

/** How far below the horizon rock is painted, so that no gap opens where the hills before it dip. */
const FOOT = 0.12;

function paintRange(canvas: Canvas, light: Light, range: Range): void {
  const { noise, base, height, frequency } = range;
  const side = light.sunAt[0] < 0.5 ? -1 : 1;
  const crestAt = (u: number) => base - height * (0.08 + 1.25 * ridged(noise, u * frequency, 3.7, 5) * (0.6 + 0.4 * noise(u * 1.3, 9.1)));
  for (let x = 0; x < canvas.side; x++) {
    const u = canvas.place(x);
    const crest = crestAt(u);
    for (let y = Math.max(0, Math.floor(crest * canvas.side)); y < (base + FOOT) * canvas.side; y++) {
      const v = canvas.place(y);
      const cover = Math.min(1, (v - crest) * canvas.side + 0.5);
      canvas.cover(x, y, slopeColour(range, light, side, u, v, base - v), cover);
    }
  }
}

function slopeColour(range: Range, light: Light, side: number, u: number, v: number, above: number): Colour {
  const { noise } = range;
  const slope = (reliefAt(range, u, v) - reliefAt(range, u - 0.02 * side, v)) * 5;
  const lit = smoothstep(-0.6, 0.9, slope);
  const gullies = 0.12 * fbm(noise, u * 26, v * 18, 2);
  const snowy = smoothstep(-0.02, 0.03, above - range.snowline + 0.05 * noise(u * 14, v * 14));
  const ground = mix(range.rock, [0.93, 0.95, 0.98], snowy);
  const brightness: Colour = mix(light.ambient, [light.sun[0] + 0.1, light.sun[1] + 0.1, light.sun[2] + 0.1], lit * 0.85);
  const shaded = scale(multiply(ground, brightness), 1.12 + gullies);
  // Air is densest at the foot.
  const veil = Math.min(0.95, range.distance * (0.75 + 0.5 * Math.exp(-9 * Math.max(0, above))));
  return mix(shaded, light.haze, veil);
}

const reliefAt = ({ noise, frequency }: Range, u: number, v: number) => ridged(noise, u * frequency * 3, v * frequency * 2.2, 2);
