export interface Build {
  readonly name: string;
  readonly folder: string;
}
export interface Builds {
  begin(): Build;
  makeCurrent(build: Build, asOf: Date): void;
  newest(): { readonly folder: string; readonly asOf: number } | undefined;
  markInUse(folder: string): void;
  users(): readonly number[];
}
export function buildsIn(dist: string): Builds;

/** Of this checkout. */
export const builds: Builds;
