/** Shapes of a few hues on a grey ground, drawn as outlines or filled. */
import type { Picture } from '../../image/picture.ts';
import type { RandomStream } from '../../random.ts';
import { Canvas } from '../canvas.ts';
import type { Colour } from '../colour.ts';
import { fillPolygon, outlinePolygon } from './paint.ts';
import { drawPolygon, type Polygon } from './polygon.ts';

/** One for each channel. Red and yellow, which share theirs, were taken for each other: no cycle is worse for it. */
const hues: readonly Colour[] = [[0.95, 0.14, 0.12], [0.1, 0.78, 0.22], [0.12, 0.24, 0.96]];

/** The same in every scene. Instance normalization takes an image's level away: where greys differed, generators gave all of them one. */
const ground: Colour = [0.5, 0.5, 0.5];

/** Pixels at 64 pixels a side. */
const LINE = 3;
const EDGE = 2;

const MOST_SHAPES = 4;

/** How often a place is looked for before a scene goes without one more shape. */
const TRIES = 40;

interface Shape {
  readonly middle: readonly [u: number, v: number];
  readonly radius: number;
  readonly polygon: Polygon;
  readonly colour: Colour;
}

const between = (random: RandomStream, low: number, high: number) => low + (high - low) * random.next();

/** Shapes that do not touch: where one hides another's lines, no network can tell the two apart, nor find the way back. */
function drawShapes(random: RandomStream): readonly Shape[] {
  const shapes: Shape[] = [];
  for (let left = TRIES; left > 0 && shapes.length < MOST_SHAPES; left--) {
    const shape = drawShape(random);
    if (shapes.every((other) => apart(shape, other))) shapes.push(shape);
  }
  return shapes;
}

function drawShape(random: RandomStream): Shape {
  const middle = [between(random, 0.15, 0.85), between(random, 0.15, 0.85)] as const;
  const radius = between(random, 0.16, 0.25);
  const polygon = drawPolygon(random, middle, { radius, corners: 3 + random.integer(4), nearest: 0.65 });
  return { middle, radius, polygon, colour: hues[random.integer(hues.length)]! };
}

const apart = (one: Shape, other: Shape) =>
  Math.hypot(one.middle[0] - other.middle[0], one.middle[1] - other.middle[1]) > one.radius + other.radius;

/** Draws one scene, `size` × `size` × 3, with the interiors left grey or filled. */
export function drawGreyScene(random: RandomStream, size: number, filled: boolean): Picture {
  const canvas = new Canvas(size);
  canvas.fill(0, 1, () => ground);
  const pixels = size / 64;
  for (const { polygon, colour } of drawShapes(random)) {
    if (filled) fillPolygon(canvas, polygon, colour, EDGE * pixels);
    else outlinePolygon(canvas, polygon, colour, LINE * pixels, EDGE * pixels);
  }
  return canvas.picture;
}
