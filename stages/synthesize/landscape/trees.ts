import type { RandomStream } from '../../random.ts';
import { mix, multiply, type Colour } from '../colour.ts';
import { simplexNoise, type Noise } from '../noise.ts';
import type { Canvas } from '../canvas.ts';
import type { Light } from './light.ts';

interface Tree {
  /** Middle of the foot, as a place. */
  readonly u: number;
  readonly v: number;
  readonly height: number;
  readonly leaf: Colour;
  readonly conifer: boolean;
}

const leaves: readonly Colour[] = [[0.2, 0.34, 0.14], [0.14, 0.27, 0.17], [0.32, 0.38, 0.13], [0.45, 0.32, 0.12]];
const TRUNK: Colour = [0.22, 0.16, 0.11];

/** Paints `count` trees whose feet lie at `footAt(u)`, in groves, `height` high (±40 %). */
export function paintTrees(canvas: Canvas, random: RandomStream, light: Light, trees: { count: number; height: number; footAt: (u: number) => number }): void {
  const noise = simplexNoise(random.next);
  const conifer = random.next() < 0.5;
  const leaf = leaves[random.integer(leaves.length)]!;
  const groves = Array.from({ length: 1 + random.integer(3) }, () => random.next());
  for (let i = 0; i < trees.count; i++) {
    const u = groves[random.integer(groves.length)]! + 0.1 * random.normal();
    const height = trees.height * (0.6 + 0.8 * random.next());
    const tint = mix(leaf, leaves[random.integer(leaves.length)]!, 0.3 * random.next());
    paintTree(canvas, noise, light, { u, v: trees.footAt(u) + 0.01 * random.next(), height, leaf: tint, conifer });
  }
}

function paintTree(canvas: Canvas, noise: Noise, light: Light, tree: Tree): void {
  const halfWidth = tree.height * (tree.conifer ? 0.24 : 0.42);
  const side = light.sunAt[0] < tree.u ? -1 : 1;
  const columns = Math.ceil(halfWidth * canvas.side * 1.3);
  const rows = Math.ceil(tree.height * canvas.side);
  const middle = Math.round(tree.u * canvas.side);
  const foot = Math.round(tree.v * canvas.side);
  for (let dy = -rows; dy <= 0; dy++) {
    for (let dx = -columns; dx <= columns; dx++) {
      const across = dx / (halfWidth * canvas.side);
      const up = -dy / rows;
      const ragged = 0.45 * noise(tree.u * 40 + dx * 0.45, tree.v * 40 + dy * 0.45);
      const inside = crown(tree.conifer, across, up) + ragged;
      const lit = 0.35 + 0.3 * across * side + 0.25 * up + 0.5 * ragged;
      const brightness = mix(light.ambient, light.sun, Math.min(1, Math.max(0, lit)));
      canvas.cover(middle + dx, foot + dy, multiply(tree.leaf, brightness), inside * 3);
      if (Math.abs(across) < 0.1 && up < 0.25) canvas.cover(middle + dx, foot + dy, multiply(TRUNK, light.ambient), 0.8);
    }
  }
}

/** Above 0 inside the crown; `across` −1 … 1 from the stem, `up` 0 at the foot … 1 at the top. */
function crown(conifer: boolean, across: number, up: number): number {
  if (conifer) return up < 0.1 ? -1 : (1 - up) * 0.95 + 0.12 * Math.sin(up * 26) - Math.abs(across) - 0.12;
  return 0.85 - Math.hypot(across, (up - 0.6) / 0.42);
}
