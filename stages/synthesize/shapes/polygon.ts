/** Irregular polygons. Places are [0, 1] from the left and from the top. */
import type { RandomStream } from '../../random.ts';

type Place = readonly [u: number, v: number];
export type Polygon = readonly Place[];

export interface PolygonSize {
  /** Distance of the farthest corner from the middle. */
  readonly radius: number;
  readonly corners: number;
  /** The nearest corner's distance, as a share of `radius`; 1 puts all corners on a circle. */
  readonly nearest: number;
}

/** Corners around `middle` in even sectors, each at its own angle and distance, so that no two polygons are alike. */
export function drawPolygon(random: RandomStream, middle: Place, { radius, corners, nearest }: PolygonSize): Polygon {
  const turn = random.next();
  return Array.from({ length: corners }, (_, i) => {
    const angle = 2 * Math.PI * (turn + (i + 0.6 * (random.next() - 0.5)) / corners);
    const reach = radius * (nearest + (1 - nearest) * random.next());
    return [middle[0] + reach * Math.cos(angle), middle[1] + reach * Math.sin(angle)] as const;
  });
}

/** Distance of a place to the polygon's border: below 0 inside, above 0 outside. */
export function distanceTo(polygon: Polygon, u: number, v: number): number {
  let nearest = Infinity;
  let inside = false;
  for (let i = 0, last = polygon.length - 1; i < polygon.length; last = i++) {
    const [from, to] = [polygon[last]!, polygon[i]!];
    nearest = Math.min(nearest, distanceToEdge(from, to, u, v));
    // Even-odd rule: a ray to the right crosses the border an odd number of times.
    if (from[1] > v !== to[1] > v && u < from[0] + ((v - from[1]) / (to[1] - from[1])) * (to[0] - from[0])) inside = !inside;
  }
  return inside ? -nearest : nearest;
}

function distanceToEdge(from: Place, to: Place, u: number, v: number): number {
  const [du, dv] = [to[0] - from[0], to[1] - from[1]];
  const along = ((u - from[0]) * du + (v - from[1]) * dv) / (du * du + dv * dv);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(u - from[0] - t * du, v - from[1] - t * dv);
}
