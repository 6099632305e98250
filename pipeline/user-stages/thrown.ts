/** What a stage of the user throws is the user's to mend: one failure with the line of their file, and no stack of ours. */
import { basename } from 'node:path';
import { failed, type Failure, type Result } from '../failure.ts';
import type { UserSource } from '../stage.ts';
import { firstMatch, moduleFiles, placeOfStack } from './places.ts';

/** While nothing runs yet; `when` in words. */
export function threwBefore(error: unknown, source: UserSource, when: string): Result<never> {
  const { name, message, stack } = described(error);
  const lost = lostExport(message, source);
  if (lost !== undefined) return { ok: false, failure: lost };
  return failed('user-stage-threw', `${basename(source.file)} threw ${when}: ${said(name, message)}`, { where: placeOfStack(stack, source) });
}

/** While it ran. `log`: where its stack was written, as people should read it. */
export function threwInRun({ name, message, stack }: { readonly name: string; readonly message: string; readonly stack: string }, stage: string, source: UserSource, log: string): Failure {
  return failed('stage-crashed', `${stage} threw ${said(name, message)}`, { where: placeOfStack(stack, source), hint: `Its stack is in ${log}.` }).failure;
}

const said = (name: string, message: string): string => `${name}: ${message.split('\n', 1)[0]}`;

function described(error: unknown): { readonly name: string; readonly message: string; readonly stack: string } {
  if (error instanceof Error) return { name: error.name, message: error.message, stack: error.stack ?? '' };
  return { name: 'a value', message: String(error), stack: '' };
}

/** Node finds this only as it links modules, and names the file of the package. */
function lostExport(message: string, source: UserSource): Failure | undefined {
  const found = /requested module '([^']+)' does not provide an export named '([^']+)'/.exec(message);
  if (found === null) return undefined;
  const [, module, name] = found;
  const what = /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(module!)?.[1] ?? (module!.startsWith('file:') ? 'giverny' : module!);
  const places = moduleFiles(source).map((file) => firstMatch(file, [new RegExp(`\\b${name!.replaceAll('$', '\\$')}\\b`)]));
  return failed('user-stage-not-compiled', `${what} has no export ${name}`, { where: places.find(({ line }) => line !== undefined) ?? { file: source.file } }).failure;
}
