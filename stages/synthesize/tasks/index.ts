/** The tasks that `synthesize` can draw, by name; drawing code is imported when it is used. */
import type { Task } from './task.ts';

export type { Task } from './task.ts';

const tasks = {
  painterly: async () => (await import('./painterly.ts')).painterly,
  'colour-permutation': async () => (await import('./colour-permutation.ts')).colourPermutation,
  outlines: async () => (await import('./outlines.ts')).outlines,
  'tone-and-stripe': async () => (await import('./tone-and-stripe.ts')).toneStripe,
} as const satisfies Readonly<Record<string, () => Promise<Task>>>;

export type TaskName = keyof typeof tasks;

export const taskNames = Object.keys(tasks) as readonly TaskName[];

export const loadTask = (name: TaskName): Promise<Task> => tasks[name]();
