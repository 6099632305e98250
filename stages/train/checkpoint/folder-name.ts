/** A checkpoint's folder is named for its iteration: light, because `plan` asks too. */

export const folderName = (iteration: number): string => `iteration-${String(iteration).padStart(8, '0')}`;

/** Undefined for a name that is no checkpoint's. */
export function iterationOf(name: string): number | undefined {
  const digits = /^iteration-(\d{8,})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
