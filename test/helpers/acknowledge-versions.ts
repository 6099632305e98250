/**
 * Brings stages/versions.json up to date: `node --import tsx test/helpers/acknowledge-versions.ts [--neutral [USES…]]`.
 * A stage whose sources changed while its version did not is taken over only where `--neutral` says that its outputs stay the same.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stageSources } from './source-closure.ts';
import { currentTable, readVersionTable, versionProblems, writeVersionTable } from './stage-versions.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const file = path.join(project, 'stages/versions.json');
const { values, positionals } = parseArgs({ options: { neutral: { type: 'boolean', default: false } }, allowPositionals: true });

const sources = await stageSources(project);
const isNeutral = (uses: string): boolean => values.neutral && (positionals.length === 0 || positionals.includes(uses));
const problems = versionProblems(readVersionTable(file), sources);
const refused = problems.filter(({ kind, uses }) => kind === 'lowered' || (kind === 'changed' && !isNeutral(uses)));
if (refused.length > 0) {
  console.error(refused.map(({ text }) => text).join('\n'));
  process.exitCode = 1;
} else {
  writeVersionTable(file, currentTable(sources));
  console.log(problems.map(({ uses, kind }) => `${uses}: ${kind}`).join('\n') || 'nothing has changed');
}
