/** All mutations, one after the other, as a table. */
import { occurrences, ScratchTree } from './apply.ts';
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations.ts';

export interface Survey {
  readonly caught: number;
  /** Names of mutations that no test saw, or whose text was not there once. */
  readonly survived: readonly string[];
}

/** Prints a line for each mutation whose name or file has one of `parts` in it (none: for all). Throws where a test that is to catch one fails without it. */
export async function survey(print: (line: string) => void, parts: readonly string[] = []): Promise<Survey> {
  const chosen = mutations.filter(({ name, file }) => parts.length === 0 || parts.some((part) => name.includes(part) || file.includes(part)));
  const tree = new ScratchTree();
  try {
    await checkUnbroken(tree, chosen, print);
    const survived: string[] = [];
    for (const mutation of chosen) {
      const verdict = await judge(tree, mutation);
      if (!verdict.caught) survived.push(mutation.name);
      print(`${mutation.name.padEnd(72)} ${verdict.line}`);
    }
    print(`\n${chosen.length - survived.length} of ${chosen.length} mutations caught`);
    return { caught: chosen.length - survived.length, survived };
  } finally {
    tree.remove();
  }
}

async function checkUnbroken(tree: ScratchTree, chosen: readonly Mutation[], print: (line: string) => void): Promise<void> {
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))];
  for (const test of tests) if (!(await tree.passes(test))) throw new Error(`${test} fails without any mutation`);
  print(`${tests.length} test files pass unbroken\n`);
}

async function judge(tree: ScratchTree, mutation: Mutation): Promise<{ readonly caught: boolean; readonly line: string }> {
  const count = occurrences(mutation, tree.folder);
  if (count !== 1) return { caught: false, line: `NOT APPLIED: its text occurs ${count} times in ${mutation.file}` };
  const test = await tree.caughtBy(mutation);
  return test === undefined ? { caught: false, line: `SURVIVED (${mutation.tests.join(', ')})` } : { caught: true, line: `caught by ${test}` };
}
