/** `loss.weights.cycle=1,5,10` and `seed=range(1,4)` on the command line. One value is no axis: it holds for every trial. */
import { parseOverride, type Override } from '../../config/override/override.ts';
import { splitAtTopLevelCommas } from '../../config/override/top-level-commas.ts';
import { toJson } from '../../config/tree/config-node.ts';
import { commandLine, sourceOf, whereOf, type SourceText } from '../../config/tree/source.ts';
import { failed, ok, type Result } from '../../failure.ts';
import type { Axis, AxisValue } from './axis.ts';
import { typedNumbers } from './typed-numbers.ts';
import { callIn } from './value-functions.ts';

/** Later than all files: see config-node.ts on layers. */
export const typedLayer = 1_000_001;

export type Typed = { readonly fixed: Override } | { readonly axis: Axis };

/** `text` is one argument. Failures: `config-bad-override`, `sweep-invalid`. */
export function readTyped(text: string, cwd: string): Result<Typed> {
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(0, equals));
  const source: SourceText = { file: commandLine, folder: cwd, text };
  const written = text.slice(equals + 1);
  const called = equals > 0 ? callIn(written) : undefined;
  if (called !== undefined && 'wrong' in called) {
    return failed('sweep-invalid', called.wrong, { where: whereOf(sourceOf(source, equals + 1, text.length)), expected: called.expected });
  }
  const whole = sourceOf(source, 0, text.length);
  if (called !== undefined && 'distribution' in called) {
    const probe = valueOf(path, '0', cwd);
    if (!probe.ok) return probe;
    return ok({ axis: { path, source: whole, takes: { distribution: called.distribution, at: (value) => (valueOf(path, String(value), cwd) as { readonly value: AxisValue }).value } } });
  }
  if (called !== undefined) {
    const values = typedNumbers(path, called.values, (first) => parseOverride(path === '' ? first : `${path}=${first}`, typedLayer, cwd));
    return values.ok ? ok({ axis: { path, source: whole, takes: { values: values.value } } }) : values;
  }
  const values: AxisValue[] = [];
  for (const piece of splitAtTopLevelCommas(written)) {
    const value = valueOf(path, piece.trim(), cwd);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return ok(values.length === 1 ? { fixed: values[0]!.override } : { axis: { path, source: whole, takes: { values } } });
}

function valueOf(path: string, text: string, cwd: string): Result<AxisValue> {
  const override = parseOverride(path === '' ? text : `${path}=${text}`, typedLayer, cwd);
  return override.ok ? ok({ override: override.value, json: toJson(override.value.value), text }) : override;
}
