/** What a reader must know of the runs before trusting their numbers. */
import type { GatheredRun } from './gather.ts';
import { letterOf, type Group } from './groups.ts';

export function notesOn(groups: readonly Group[]): readonly string[] {
  return groups.flatMap((group, index) => {
    const letter = letterOf(index);
    return [...group.flatMap((run) => notesOnRun(run, group.length === 1 ? letter : `${letter} (${run.listed.run})`)), ...notesOnGroup(group, letter)];
  });
}

function notesOnRun({ listed: { state, record }, notes }: GatheredRun, name: string): readonly string[] {
  const failure = Object.entries(record.stages).find(([, stage]) => stage.failure !== undefined);
  const why = failure === undefined ? '' : ` (${failure[0]}: ${failure[1].failure!.message})`;
  const states: Readonly<Record<string, string>> = {
    failed: `${name} failed${why}: its numbers are those that it came to`,
    interrupted: `${name} was interrupted: its numbers are those that it came to`,
    running: `${name} is still running: its numbers are those of now`,
  };
  return [...(states[state] === undefined ? [] : [states[state]]), ...notes.map((note) => `${name}: ${note}`)];
}

function notesOnGroup(group: Group, letter: string): readonly string[] {
  const codes = new Set(group.map(({ code }) => (code === undefined || code === null ? '' : `${code.commit}\n${code.patch ?? ''}`)));
  const seeds = group.map(({ seed }) => seed);
  return [
    ...(codes.size > 1 ? [`the runs of ${letter} are of different code: its differences are those of its first run`] : []),
    ...(new Set(seeds).size < seeds.length ? [`${letter} has several runs of one seed`] : []),
  ];
}
