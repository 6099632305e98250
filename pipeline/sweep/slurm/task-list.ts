/** Lists of an array's tasks as Slurm writes them: `0-2,5`. Pure. */

/** `[0, 1, 2, 5]` → `0-2,5`, for indices in any order. */
export function indexList(indices: readonly number[]): string {
  const sorted = [...new Set(indices)].sort((left, right) => left - right);
  const runs: [first: number, last: number][] = [];
  for (const index of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** The inverse of {@link indexList}; also of `0-30:10`, which squeue writes. */
export function parseIndexList(text: string): readonly number[] {
  return text.split(',').flatMap((part) => {
    const [first = NaN, last = first, step = 1] = part.split(/[-:]/).map(Number);
    return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, at) => first + at * step);
  });
}

/** `1234_[0-2,5]`, for scontrol and scancel. */
export const taskList = (array: number, indices: readonly number[]): string => `${array}_[${indexList(indices)}]`;

/** `afterok:1234_0:1234_1,afterany:1234_2`: after all of the first have ended well, and all of the others in any way. */
export function dependency(ok: readonly Task[], any: readonly Task[]): string {
  const named = (kind: string, tasks: readonly Task[]): readonly string[] => (tasks.length === 0 ? [] : [`${kind}:${tasks.map(({ array, index }) => `${array}_${index}`).join(':')}`]);
  return [...named('afterok', ok), ...named('afterany', any)].join(',');
}

export interface Task {
  readonly array: number;
  readonly index: number;
}

/** Items that have the same key, in the order of their first. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
