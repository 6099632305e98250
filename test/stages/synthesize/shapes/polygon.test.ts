import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomStream } from '../../../../stages/random.ts';
import { Canvas } from '../../../../stages/synthesize/canvas.ts';
import { fillPolygon, outlinePolygon } from '../../../../stages/synthesize/shapes/paint.ts';
import { distanceTo, drawPolygon, type Polygon } from '../../../../stages/synthesize/shapes/polygon.ts';

const square: Polygon = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]];

test('the distance to a square is negative inside, zero on its border, positive outside', () => {
  const known = [[0.5, 0.5, -0.25], [0.3, 0.5, -0.05], [0.25, 0.4, 0], [0.1, 0.5, 0.15], [0.75 + 0.03, 0.75 + 0.04, 0.05]] as const;
  for (const [u, v, distance] of known) assert.ok(Math.abs(distanceTo(square, u, v) - distance) < 1e-9, `${u} ${v}`);
});

test('corners lie between the nearest and the farthest distance, whatever is drawn', () => {
  for (let i = 0; i < 200; i++) {
    const polygon = drawPolygon(randomStream(i, 'polygon'), [0.4, 0.6], { radius: 0.3, corners: 3 + (i % 4), nearest: 0.5 });
    assert.is(polygon.length, 3 + (i % 4));
    for (const [u, v] of polygon) {
      const reach = Math.hypot(u - 0.4, v - 0.6);
      assert.ok(reach > 0.15 - 1e-9 && reach < 0.3 + 1e-9, `${reach}`);
    }
  }
});

const covered = (paint: (canvas: Canvas) => void): number => {
  const canvas = new Canvas(64);
  paint(canvas);
  return canvas.picture.data.reduce((sum, value) => sum + value / 3, 0);
};

test('a filled square covers its area, an outlined one its border of that width', () => {
  assert.ok(Math.abs(covered((canvas) => fillPolygon(canvas, square, [1, 1, 1])) - 32 * 32) < 2);
  assert.ok(Math.abs(covered((canvas) => outlinePolygon(canvas, square, [1, 1, 1], 3)) - (32 * 32 - 26 * 26)) < 6);
});

test.run();
