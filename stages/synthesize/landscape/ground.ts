import type { RandomStream } from '../../random.ts';
import { mix, multiply, scale, smoothstep, type Colour } from '../colour.ts';
import { fbm, simplexNoise } from '../noise.ts';
import type { Canvas } from '../canvas.ts';
import type { Light } from './light.ts';

const greens: readonly Colour[] = [[0.36, 0.47, 0.2], [0.3, 0.42, 0.22], [0.48, 0.48, 0.22], [0.62, 0.53, 0.28], [0.26, 0.36, 0.2]];
const flowers: readonly Colour[] = [[0.85, 0.3, 0.25], [0.9, 0.8, 0.3], [0.65, 0.45, 0.75], [0.95, 0.93, 0.88]];

/** The rolling line where a piece of ground begins, as a place from the top at `u`. */
export type Crest = (u: number) => number;

export interface Hills {
  /** Where the crest lies on average, and how far it rolls up and down. */
  readonly at: number;
  readonly roll: number;
  /** 0 near … 1 far: how much haze lies before the crest. */
  readonly distance: number;
  /** The place down to which they are painted; what lies below is covered later. */
  readonly until: number;
}

/** Paints rolling hills. */
export function paintHills(canvas: Canvas, random: RandomStream, light: Light, { at, roll, distance, until }: Hills): Crest {
  const noise = simplexNoise(random.next);
  const frequency = 0.8 + 1.2 * random.next();
  const green = greens[random.integer(greens.length)]!;
  const other = greens[random.integer(greens.length)]!;
  const crest: Crest = (u) => at + roll * fbm(noise, u * frequency, 5.3, 3) * 1.6;
  for (let x = 0; x < canvas.side; x++) {
    const u = canvas.place(x);
    const top = crest(u);
    for (let y = Math.max(0, Math.floor(top * canvas.side)); y < until * canvas.side; y++) {
      const v = canvas.place(y);
      const below = v - top;
      // Seen flat near the crest: texture is finer across than along the line of sight.
      const near = 1 / (0.08 + below);
      const patches = fbm(noise, u * 3 + 7, below * 5 + Math.log(near) * 2, 3);
      const tufts = fbm(noise, u * 30, Math.log(near) * 26, 2);
      const ground = mix(green, other, smoothstep(-0.3, 0.4, patches));
      const lit = 0.62 + 0.35 * patches + 0.38 * tufts - 0.1 * smoothstep(0, 0.5, below);
      const brightness = mix(light.ambient, light.sun, Math.min(1, Math.max(0, lit)));
      const veil = distance * Math.exp(-4 * below);
      canvas.cover(x, y, mix(scale(multiply(ground, brightness), 1.35), light.haze, veil), (v - top) * canvas.side + 0.5);
    }
  }
  return crest;
}

/** Strews flowers over the ground below `from`, bigger towards the viewer. */
export function paintFlowers(canvas: Canvas, random: RandomStream, light: Light, from: number): void {
  const colour = flowers[random.integer(flowers.length)]!;
  const count = 90 + random.integer(120);
  for (let i = 0; i < count; i++) {
    const depth = random.next() ** 0.7;
    const [u, v] = [random.next(), from + (1 - from) * depth];
    const bright = mix(light.ambient, light.sun, 0.6 + 0.4 * random.next());
    const size = depth > 0.6 && random.next() < 0.5 ? 2 : 1;
    for (let k = 0; k < size; k++) {
      canvas.cover(Math.floor(u * canvas.side) + k, Math.floor(v * canvas.side), multiply(colour, bright), 0.9);
    }
  }
}
