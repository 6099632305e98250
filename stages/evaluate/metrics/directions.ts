/** `count` directions, uniform on the unit sphere of `dimensions` dimensions. */
export function randomDirections(count: number, dimensions: number, normal: () => number): readonly Float32Array[] {
  return Array.from({ length: count }, () => {
    const direction = Float32Array.from({ length: dimensions }, normal);
    const norm = Math.hypot(...direction);
    return direction.map((value) => value / norm);
  });
}
