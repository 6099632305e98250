import type { RandomStream } from '../../random.ts';
import { mix, smoothstep, type Colour } from '../colour.ts';
import { fbm, simplexNoise } from '../noise.ts';
import type { Canvas } from '../canvas.ts';
import type { Light } from './light.ts';

const CLOUD_OCTAVES = 4;
/** The sky has no edges that need every pixel of the canvas. */
const BLOCK = 2;

/** Paints the gradient, the sun with its glow and fractal clouds down to `horizonAt`. */
export function paintSky(canvas: Canvas, random: RandomStream, light: Light, horizonAt: number): void {
  const noise = simplexNoise(random.next);
  const cover = -0.55 + 0.85 * random.next();
  const frequency = 0.7 + 1.7 * random.next() ** 2;
  const streak = 1.3 + 1.2 * random.next();
  const discRadius = 0.02 + 0.012 * random.next();
  const [sunU, sunV] = light.sunAt;

  canvas.fill(0, horizonAt + 0.15, (u, v) => {
    const height = Math.max(0, 1 - v / horizonAt);
    let colour: Colour = mix(light.horizon, light.zenith, height ** 0.7);
    const distance = Math.hypot(u - sunU, v - sunV);
    const disc = 0.8 * (1 - smoothstep(discRadius, discRadius * 1.5, distance)) * smoothstep(0.05, 0.15, light.glow);
    colour = mix(colour, light.sun, light.glow * Math.exp(-4 * distance) + disc);
    // Clouds lie in a plane overhead: towards the horizon they are seen flatter and closer together.
    const depth = 0.35 + 0.65 * height;
    const [x, y] = [((u - 0.5) * frequency) / depth, (v * frequency * streak) / depth];
    const density = fbm(noise, x, y, CLOUD_OCTAVES);
    const thickness = smoothstep(0, 0.35, density + cover * 0.6);
    if (thickness === 0) return colour;
    const shade = smoothstep(-0.2, 0.35, density - fbm(noise, x + 0.12 * Math.tanh(4 * (sunU - u)), y - 0.18, 2));
    return mix(colour, mix(light.cloudShadow, light.cloud, shade), thickness * (0.35 + 0.6 * Math.min(1, height * 2.5)));
  }, BLOCK);
}
