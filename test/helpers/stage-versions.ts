/** The committed table of stages' versions and source closures, and what is wrong with it. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { StageSource } from './source-closure.ts';

/** By the name that `uses` gives. */
export type VersionTable = Readonly<Record<string, { readonly version: number; readonly closure: string }>>;

export interface VersionProblem {
  readonly uses: string;
  /** changed: the sources are others, the version is not. outdated: the version was raised, the table does not say so yet. */
  readonly kind: 'changed' | 'outdated' | 'lowered' | 'unlisted' | 'gone';
  readonly text: string;
}

const command = 'node --import tsx test/helpers/acknowledge-versions.ts';

export function versionProblems(table: VersionTable, sources: readonly StageSource[]): readonly VersionProblem[] {
  const gone = Object.keys(table).filter((uses) => !sources.some((source) => source.uses === uses));
  return [
    ...sources.flatMap((source) => problemOf(table[source.uses], source)),
    ...gone.map((uses) => ({ uses, kind: 'gone' as const, text: `${uses} is no stage any more: ${command}` })),
  ];
}

function problemOf(listed: VersionTable[string] | undefined, { uses, version, closure, entry }: StageSource): readonly VersionProblem[] {
  if (listed === undefined) return [{ uses, kind: 'unlisted', text: `${uses} is not in stages/versions.json: ${command}` }];
  if (version < listed.version) {
    return [{ uses, kind: 'lowered', text: `the version of ${uses} went from ${listed.version} down to ${version} (${entry}): it may only rise` }];
  }
  if (version > listed.version) return [{ uses, kind: 'outdated', text: `${uses} has version ${version} now: ${command}` }];
  if (closure === listed.closure) return [];
  const text = `the sources of ${uses} changed, its version did not. If the same inputs now give other outputs, raise \`version\` in ${entry}, `
    + `then ${command}; if not (every cached result stays valid), ${command} --neutral ${uses}`;
  return [{ uses, kind: 'changed', text }];
}

/** The table as the sources are now. */
export function currentTable(sources: readonly StageSource[]): VersionTable {
  return Object.fromEntries(sources.map(({ uses, version, closure }) => [uses, { version, closure }]));
}

export function readVersionTable(file: string): VersionTable {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VersionTable;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

export function writeVersionTable(file: string, table: VersionTable): void {
  const lines = Object.entries(table).map(([uses, entry]) => `  ${JSON.stringify(uses)}: ${JSON.stringify(entry)}`);
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
}
