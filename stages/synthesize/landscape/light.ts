/** The light of a scene: hour and weather decide every colour in it. */
import type { RandomStream } from '../../random.ts';
import { mix, type Colour } from '../colour.ts';

export interface Light {
  readonly zenith: Colour;
  readonly horizon: Colour;
  /** What distance fades to. */
  readonly haze: Colour;
  /** Colour and strength of direct light. */
  readonly sun: Colour;
  /** Colour and strength of light from the sky, which alone reaches the shadows. */
  readonly ambient: Colour;
  readonly cloud: Colour;
  readonly cloudShadow: Colour;
  /** Place of the sun; it may stand outside the picture. */
  readonly sunAt: readonly [u: number, v: number];
  /** How far the sun's glow spreads over the sky. */
  readonly glow: number;
}

type Hour = Omit<Light, 'sunAt'>;

const hours: readonly Hour[] = [
  {
    zenith: [0.2, 0.42, 0.75], horizon: [0.7, 0.83, 0.95], haze: [0.62, 0.74, 0.88], sun: [1, 0.97, 0.9], ambient: [0.36, 0.44, 0.55],
    cloud: [0.98, 0.98, 1], cloudShadow: [0.68, 0.73, 0.8], glow: 0.15,
  },
  {
    zenith: [0.33, 0.51, 0.74], horizon: [0.9, 0.87, 0.8], haze: [0.74, 0.77, 0.8], sun: [0.98, 0.88, 0.7], ambient: [0.36, 0.42, 0.5],
    cloud: [1, 0.96, 0.9], cloudShadow: [0.66, 0.67, 0.73], glow: 0.3,
  },
  {
    zenith: [0.2, 0.27, 0.5], horizon: [0.93, 0.64, 0.45], haze: [0.66, 0.53, 0.55], sun: [0.95, 0.6, 0.36], ambient: [0.3, 0.31, 0.44],
    cloud: [0.98, 0.72, 0.56], cloudShadow: [0.46, 0.4, 0.52], glow: 0.5,
  },
  {
    zenith: [0.54, 0.6, 0.67], horizon: [0.78, 0.81, 0.84], haze: [0.7, 0.74, 0.78], sun: [0.56, 0.57, 0.58], ambient: [0.47, 0.5, 0.54],
    cloud: [0.86, 0.87, 0.89], cloudShadow: [0.52, 0.56, 0.61], glow: 0.05,
  },
];

const hourWeights = [0.4, 0.25, 0.17, 0.18];

/** Draws an hour, moved a little towards another, and a sun above the horizon at `horizonAt`. */
export function drawLight(random: RandomStream, horizonAt: number): Light {
  const hour = hours[pick(random, hourWeights)]!;
  const other = hours[random.integer(hours.length)]!;
  const part = 0.25 * random.next();
  const between = (key: Exclude<keyof Hour, 'glow'>) => mix(hour[key], other[key], part);
  return {
    zenith: between('zenith'),
    horizon: between('horizon'),
    haze: between('haze'),
    sun: between('sun'),
    ambient: between('ambient'),
    cloud: between('cloud'),
    cloudShadow: between('cloudShadow'),
    glow: hour.glow,
    sunAt: [0.1 + 0.8 * random.next(), horizonAt * (0.25 + 0.6 * random.next())],
  };
}

function pick(random: RandomStream, weights: readonly number[]): number {
  let rest = random.next();
  for (const [i, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return i;
  }
  return weights.length - 1;
}
