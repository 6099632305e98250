/** Polygons on a canvas. */
import type { Canvas } from '../canvas.ts';
import type { Colour } from '../colour.ts';
import { distanceTo, type Polygon } from './polygon.ts';

/** Fills a polygon with one colour; its edge is a ramp over `edge` pixels. */
export function fillPolygon(canvas: Canvas, polygon: Polygon, colour: Colour, edge = 1): void {
  paintWhere(canvas, polygon, colour, (distance) => 0.5 - distance / edge);
}

/** Draws the border of the same shape as a line `width` pixels wide that lies inside it; both its edges are ramps over `edge` pixels. */
export function outlinePolygon(canvas: Canvas, polygon: Polygon, colour: Colour, width: number, edge = 1): void {
  paintWhere(canvas, polygon, colour, (distance) => Math.min(0.5 - distance / edge, 0.5 + (distance + width) / edge));
}

/** `coverAt`: how much of a pixel is covered, by its distance in pixels from the polygon's border. */
function paintWhere(canvas: Canvas, polygon: Polygon, colour: Colour, coverAt: (distance: number) => number): void {
  for (let y = 0; y < canvas.side; y++) {
    for (let x = 0; x < canvas.side; x++) {
      const distance = distanceTo(polygon, canvas.place(x), canvas.place(y)) * canvas.side;
      canvas.cover(x, y, colour, coverAt(distance));
    }
  }
}
