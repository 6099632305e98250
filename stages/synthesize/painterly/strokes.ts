/** Brush strokes: the picture's own fine grain, smeared along the direction of its edges and made strong. */
import { blur, plane, valueAt, type Plane } from './plane.ts';

/** The direction of the edges at every pixel, as unit vectors (dy, dx); where nothing has a direction, they lie level. */
interface Directions {
  readonly dy: Plane;
  readonly dx: Plane;
}

/**
 * The direction in which the luminance varies least: the smaller eigenvector of the structure tensor, smoothed over `sigma` pixels.
 * As in Kyprianidis and Kang 2011, "Image and Video Abstraction by Coherence-Enhancing Filtering", section 3.1.
 */
function edgeDirections(grey: Plane, sigma: number): Directions {
  const [xx, xy, yy] = [plane(grey.height, grey.width), plane(grey.height, grey.width), plane(grey.height, grey.width)];
  for (let y = 0, at = 0; y < grey.height; y++) {
    for (let x = 0; x < grey.width; x++, at++) {
      const gx = valueAt(grey, y, x + 1) - valueAt(grey, y, x - 1);
      const gy = valueAt(grey, y + 1, x) - valueAt(grey, y - 1, x);
      [xx.data[at], xy.data[at], yy.data[at]] = [gx * gx, gx * gy, gy * gy];
    }
  }
  const [sxx, sxy, syy] = [blur(xx, sigma), blur(xy, sigma), blur(yy, sigma)];
  const [dy, dx] = [plane(grey.height, grey.width), plane(grey.height, grey.width)];
  for (let at = 0; at < dy.data.length; at++) {
    // A small vertical gradient everywhere, so that flat places are brushed level and noise does not turn the brush.
    const angle = 0.5 * Math.atan2(2 * sxy.data[at]!, sxx.data[at]! - syy.data[at]! - LEVEL);
    [dy.data[at], dx.data[at]] = [Math.cos(angle), -Math.sin(angle)];
  }
  return { dy, dx };
}

const LEVEL = 0.0015;

/** The mean of `values` along the line of edges through each pixel, `reach` pixels to both sides. */
function smear(values: Plane, directions: Directions, reach: number): Plane {
  const smeared = plane(values.height, values.width);
  for (let y = 0; y < values.height; y++) {
    for (let x = 0; x < values.width; x++) {
      const sum = walk(values, directions, y, x, reach, 1) + walk(values, directions, y, x, reach, -1) + valueAt(values, y, x);
      smeared.data[y * values.width + x] = sum / (2 * reach + 1);
    }
  }
  return smeared;
}

function walk(values: Plane, { dy, dx }: Directions, fromY: number, fromX: number, reach: number, sense: 1 | -1): number {
  let [y, x, sum] = [fromY, fromX, 0];
  let [lastY, lastX] = [sense * valueAt(dy, y, x), sense * valueAt(dx, y, x)];
  for (let step = 0; step < reach; step++) {
    y += lastY;
    x += lastX;
    sum += valueAt(values, y, x);
    const [nextY, nextX] = [valueAt(dy, y, x), valueAt(dx, y, x)];
    // An edge has a direction but no sense: go on the way we came.
    const turn = nextY * lastY + nextX * lastX < 0 ? -1 : 1;
    [lastY, lastX] = [turn * nextY, turn * nextX];
  }
  return sum;
}

export interface StrokeOptions {
  /** Pixels over which the direction of edges is smoothed. */
  readonly sigma: number;
  /** Half the length of a stroke, in pixels. */
  readonly reach: number;
  /** How much stronger than the grain they are made of. */
  readonly strength: number;
  /** The furthest that a stroke moves brightness. */
  readonly limit: number;
}

/** Strokes as a change of brightness, −`limit` … `limit`: a function of the luminance alone. */
export function strokes(grey: Plane, options: StrokeOptions): Plane {
  const soft = blur(grey, 1.2);
  const grain: Plane = { ...grey, data: grey.data.map((value, i) => value - soft.data[i]!) };
  const smeared = smear(grain, edgeDirections(blur(grey, 1), options.sigma), options.reach);
  return { ...smeared, data: smeared.data.map((value) => options.limit * Math.tanh((options.strength * value) / options.limit)) };
}
