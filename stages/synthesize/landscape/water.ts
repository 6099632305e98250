import type { RandomStream } from '../../random.ts';
import { mix, scale, smoothstep, type Colour } from '../colour.ts';
import { simplexNoise } from '../noise.ts';
import type { Canvas } from '../canvas.ts';
import type { Light } from './light.ts';

const depths: readonly Colour[] = [[0.1, 0.2, 0.26], [0.12, 0.26, 0.28], [0.16, 0.2, 0.2]];

/** Paints water from `shore` down to `end`: the picture above, mirrored, broken by waves that grow towards the viewer. */
export function paintWater(canvas: Canvas, random: RandomStream, light: Light, shore: number, end: number): void {
  const noise = simplexNoise(random.next);
  const depth = depths[random.integer(depths.length)]!;
  const calm = 0.3 + 0.9 * random.next();
  const [sunU] = light.sunAt;
  const above = { from: 0, shoreRow: Math.round(shore * canvas.side) };
  const mirrored = (u: number, v: number): Colour => {
    const row = above.shoreRow - 1 - Math.floor((v - shore) * canvas.side * 0.9);
    const x = Math.min(canvas.side - 1, Math.max(0, Math.floor(u * canvas.side)));
    return canvas.get(x, Math.min(above.shoreRow - 1, Math.max(0, row)));
  };
  canvas.fill(shore, end, (u, v) => {
    const below = v - shore;
    const rows = Math.log(0.02 + below);
    const wave = noise(u * 9, rows * 14) + 0.6 * noise(u * 21, rows * 30);
    const reach = calm * (0.012 + 0.05 * below);
    const colour = mirrored(u + wave * reach * 0.6, Math.max(shore, v + wave * reach));
    const seen = smoothstep(0, 0.45, below);
    const glint = smoothstep(0.75, 1.3, wave) * calm * (0.25 + light.glow * Math.exp(-30 * (u - sunU) ** 2));
    return mix(mix(scale(colour, 0.88), depth, 0.12 + 0.42 * seen), light.horizon, glint * 0.7);
  });
}
