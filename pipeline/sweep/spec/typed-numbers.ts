/** The numbers that a function gives, as if each had been typed: thousands of them, so that none is parsed, and few are kept as overrides. */
import type { Override } from '../../config/override/override.ts';
import { ok, type Result } from '../../failure.ts';
import type { AxisValue } from './axis.ts';

/** Of an axis with more values it is not worth keeping the overrides: what was judged with them will be forgotten when they come again. */
const keptAtMost = 256;

/** `parse`: of one value as it would be typed. Its failure is that of the first value. */
export function typedNumbers(path: string, numbers: readonly number[], parse: (text: string) => Result<Override>): Result<readonly AxisValue[]> {
  const first = parse(String(numbers[0] ?? 0));
  if (!first.ok) return first;
  // The engine's short form is written out.
  const isPlain = first.value.value.kind === 'scalar';
  const make = isPlain ? (value: number): Override => withNumber(first.value, path, value) : (value: number): Override => (parse(String(value)) as { readonly value: Override }).value;
  const made = numbers.length <= keptAtMost ? new Overrides(make) : new LastOverride(make);
  return ok(numbers.map((number) => new TypedNumber(number === 0 ? 0 : number, made)));
}

interface OverrideOf {
  of(value: number): Override;
}

/** The same object for the same number. */
class Overrides implements OverrideOf {
  readonly #made = new Map<number, Override>();
  readonly #make: (value: number) => Override;

  constructor(make: (value: number) => Override) {
    this.#make = make;
  }

  of(value: number): Override {
    const known = this.#made.get(value) ?? this.#make(value);
    this.#made.set(value, known);
    return known;
  }
}

/** For as long as no other number is asked for. */
class LastOverride implements OverrideOf {
  #last: { readonly value: number; readonly override: Override } | undefined;
  readonly #make: (value: number) => Override;

  constructor(make: (value: number) => Override) {
    this.#make = make;
  }

  of(value: number): Override {
    if (this.#last?.value !== value) this.#last = { value, override: this.#make(value) };
    return this.#last.override;
  }
}

class TypedNumber implements AxisValue {
  readonly json: number;
  readonly #overrides: OverrideOf;

  constructor(value: number, overrides: OverrideOf) {
    this.json = value;
    this.#overrides = overrides;
  }

  get text(): string {
    return String(this.json);
  }

  get override(): Override {
    return this.#overrides.of(this.json);
  }
}

/** As parseOverride reads `path=value`. */
function withNumber({ path: names, keys, source, value: { layer } }: Override, path: string, value: number): Override {
  const text = { ...source.text, text: `${path}=${value}` };
  const end = text.text.length;
  return {
    path: names, keys: keys.map((key) => ({ ...key, text })),
    value: { kind: 'scalar', value, source: { text, start: path.length + 1, end }, layer }, source: { ...source, text, end },
  };
}
