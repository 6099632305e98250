/** Finds what a stage wrote, and holds it against what the stage declares. */
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { failed, ok } from '../failure.ts';
import type { Failure, Result } from '../failure.ts';
import type { OutputDeclaration } from '../stage.ts';
import { byPath, staysInside } from '../plan/digest.ts';
import { takingTurns } from './turn.ts';

export interface FoundOutput {
  /** Relative to the output folder, forward slashes. */
  readonly path: string;
  readonly kind: OutputDeclaration['kind'];
  /** The file that holds it: itself, or what a link within the folder leads to. */
  readonly file: string;
  /** True for a link: the file it leads to may serve other paths too. */
  readonly shared: boolean;
}

export interface Scan {
  /** Sorted by path. */
  readonly found: readonly FoundOutput[];
  /** Paths of files that no declaration covers. */
  readonly undeclared: readonly string[];
}

/**
 * Failures: `stage-output-missing`; `stage-output-unusable` for a link that leads out of the folder or to a folder,
 * a device, a socket or a pipe. Nothing is changed on disk.
 */
export async function scanOutputs(folder: string, declarations: readonly OutputDeclaration[]): Promise<Result<Scan>> {
  const found: FoundOutput[] = [];
  const undeclared: string[] = [];
  const satisfied = new Set<OutputDeclaration>();
  const real = realpathSync(folder);
  const giveUpTurn = takingTurns();
  for (const entry of filesBelow(real)) {
    await giveUpTurn();
    const declaration = declarationOf(entry.path, declarations);
    if (declaration === undefined) {
      undeclared.push(entry.path);
      continue;
    }
    if (!staysInside(entry.path)) return unusable(`the name ${JSON.stringify(entry.path)} cannot be kept everywhere`);
    const resolved = entry.plain ? ok({ file: path.join(real, entry.path), shared: false }) : followLink(real, entry.path);
    if (!resolved.ok) return resolved;
    found.push({ path: entry.path, kind: declaration.kind, ...resolved.value });
    satisfied.add(declaration);
  }
  const missing = declarations.filter((each) => each.optional !== true && !satisfied.has(each));
  return missing.length > 0 ? outputMissing(missing) : ok({ found: found.sort(byPath), undeclared });
}

interface Entry {
  readonly path: string;
  /** False for links and everything else that is no file or folder. */
  readonly plain: boolean;
}

function* filesBelow(root: string, prefix = ''): Generator<Entry> {
  for (const entry of readdirSync(path.join(root, prefix), { withFileTypes: true })) {
    const relative = prefix + entry.name;
    if (entry.isDirectory()) yield* filesBelow(root, `${relative}/`);
    else yield { path: relative, plain: entry.isFile() };
  }
}

/** A declaration of the path itself goes before one of a folder, and a deeper folder before the one around it. */
function declarationOf(file: string, declarations: readonly OutputDeclaration[]): OutputDeclaration | undefined {
  let best: OutputDeclaration | undefined;
  for (const declaration of declarations) {
    const covers = declaration.path === file || (declaration.path.endsWith('/') && file.startsWith(declaration.path));
    if (covers && (best === undefined || declaration.path.length > best.path.length)) best = declaration;
  }
  return best;
}

function followLink(root: string, relative: string): Result<{ readonly file: string; readonly shared: boolean }> {
  const link = path.join(root, relative);
  if (!lstatSync(link).isSymbolicLink()) return unusable(`${relative} is neither a file nor a folder`);
  let target: string;
  try {
    target = realpathSync(link);
  } catch {
    return unusable(`${relative} is a link that leads nowhere`);
  }
  if (!target.startsWith(root + path.sep)) return unusable(`${relative} is a link that leads out of the output folder`);
  if (!statSync(target).isFile()) return unusable(`${relative} is a link to something that is no file`);
  return ok({ file: target, shared: true });
}

function unusable(message: string): { readonly ok: false; readonly failure: Failure } {
  return failed('stage-output-unusable', message, { expected: 'files', hint: 'let the stage write a copy instead' });
}

function outputMissing(missing: readonly OutputDeclaration[]): { readonly ok: false; readonly failure: Failure } {
  const names = missing.map((each) => each.path).join(', ');
  return failed('stage-output-missing', `the stage ended well but did not write ${names}`, {
    expected: missing.map((each) => (each.path.endsWith('/') ? `at least one file below ${each.path}` : each.path)).join(', '),
  });
}
