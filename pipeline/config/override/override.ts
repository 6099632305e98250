/** An override on the command line, `stages.train.epochs=2`: the file's own path, and a value in YAML. */
import type { Result } from '../../failure.ts';
import { failed, ok } from '../../failure.ts';
import type { ConfigNode } from '../tree/config-node.ts';
import { longForm } from '../read/engine-request.ts';
import { parseYaml } from '../read/parse-yaml.ts';
import type { Source, SourceText } from '../tree/source.ts';
import { commandLine, sourceOf, whereOf } from '../tree/source.ts';
import { splitAtTopLevelCommas } from './top-level-commas.ts';

export interface Override {
  readonly path: readonly string[];
  /** Where each name of the path stands in the override. */
  readonly keys: readonly Source[];
  readonly value: ConfigNode;
  readonly source: Source;
}

/** `layer` is the one after the last file. Relative paths in the value are relative to `cwd`. */
export function parseOverride(text: string, layer: number, cwd: string): Result<Override> {
  const source: SourceText = { file: commandLine, folder: cwd, text };
  const equals = text.indexOf('=');
  const all = sourceOf(source, 0, text.length);
  if (equals <= 0) return badOverride(`${text} is not an override`, all, 'path=value, as in stages.train.epochs=2');
  const path = text.slice(0, equals).split('.');
  if (path.some((name) => name === '' || /\s/.test(name))) {
    return badOverride(`${path.join('.')} is not a path`, sourceOf(source, 0, equals), 'names joined by dots, as in stages.train.epochs');
  }
  if (path[0] === 'extends') return badOverride('extends can only be written in a file', sourceOf(source, 0, equals), 'the path of a value');
  const value = parseValue(source, layer, equals + 1);
  if (!value.ok) return value;
  const long = path.length === 1 && path[0] === 'engine' ? longForm(value.value) : value.value;
  return ok({ path, keys: keysOf(source, path), value: long, source: all });
}

function parseValue(source: SourceText, layer: number, from: number): Result<ConfigNode> {
  const place = sourceOf(source, from, source.text.length);
  const path = source.text.slice(0, from - 1);
  if (splitAtTopLevelCommas(source.text.slice(from)).length > 1) {
    const hint = `giverny sweep takes several values, one trial each; a list is [a, b], a text with a comma is '"a, b"'`;
    return badOverride(`${path} is given several values`, place, 'one value', hint);
  }
  const parsed = parseYaml(source, layer, from);
  if (!parsed.ok) {
    const { message, where, expected, hint } = parsed.failure;
    return failed('config-bad-override', message, { ...(where && { where }), ...(expected && { expected }), ...(hint && { hint }) });
  }
  const node = parsed.value;
  if (node.kind === 'scalar' && node.empty) return badOverride(`${path} is given no value`, place, 'a value in YAML', 'null is no value at all, "" is an empty text');
  return parsed;
}

function keysOf(source: SourceText, path: readonly string[]): readonly Source[] {
  let at = 0;
  return path.map((name) => {
    const key = sourceOf(source, at, at + name.length);
    at += name.length + 1;
    return key;
  });
}

function badOverride(message: string, source: Source, expected: string, hint?: string) {
  return failed('config-bad-override', message, { where: whereOf(source), expected, ...(hint === undefined ? {} : { hint }) });
}
