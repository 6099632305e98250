/** Shapes of a few hues on a grey ground, drawn as outlines or filled. */
import type { Picture } from '../../image/picture.ts';
import type { RandomStream } from '../../random.ts';
import { Canvas } from '../canvas.ts';
import type { Colour } from '../colour.ts';
import { fillPolygon, outlinePolygon } from './paint.ts';
import { drawPolygon, type Polygon } from './polygon.ts';

/** Far apart, so that no shape's colour is a shade of another's. */
const hues: readonly Colour[] = [[0.9, 0.16, 0.16], [0.16, 0.72, 0.24], [0.14, 0.26, 0.9], [0.92, 0.78, 0.1]];

const MOST_SHAPES = 4;

/** How often a place is looked for before a scene goes without one more shape. */
const TRIES = 24;

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
  const middle = [between(random, 0.18, 0.82), between(random, 0.18, 0.82)] as const;
  const radius = between(random, 0.19, 0.33);
  const polygon = drawPolygon(random, middle, { radius, corners: 3 + random.integer(4), nearest: 0.65 });
  return { middle, radius, polygon, colour: hues[random.integer(hues.length)]! };
}

const apart = (one: Shape, other: Shape) =>
  Math.hypot(one.middle[0] - other.middle[0], one.middle[1] - other.middle[1]) > one.radius + other.radius;

/** Draws one scene, `size` × `size` × 3, with the interiors left grey or filled. Lines are 3 pixels wide at 64 pixels a side. */
export function drawGreyScene(random: RandomStream, size: number, filled: boolean): Picture {
  const canvas = new Canvas(size);
  const grey = between(random, 0.42, 0.58);
  canvas.fill(0, 1, () => [grey, grey, grey]);
  for (const { polygon, colour } of drawShapes(random)) {
    if (filled) fillPolygon(canvas, polygon, colour);
    else outlinePolygon(canvas, polygon, colour, (3 * size) / 64);
  }
  return canvas.picture;
}
