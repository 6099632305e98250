/** `{name}` in `run`, unless it is the shell's own `${name}`. */
const placeholder = /(?<!\$)\{([A-Za-z0-9_][A-Za-z0-9_.-]*)\}/g;

type Run = string | readonly string[];

/** Replaces every `{name}` for which `value` knows something; other braces are the program's own. */
export function fillPlaceholders<R extends Run>(run: R, value: (name: string) => string | undefined): R {
  const filled = (text: string) => text.replace(placeholder, (whole, name: string) => value(name) ?? whole);
  return (typeof run === 'string' ? filled(run) : run.map(filled)) as R;
}

/** The names that `run` speaks of. */
export function placeholdersIn(run: Run): ReadonlySet<string> {
  const texts = typeof run === 'string' ? [run] : run;
  return new Set(texts.flatMap((text) => [...text.matchAll(placeholder)].map(([, name]) => name!)));
}
