import { distance } from 'fastest-levenshtein';

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

/**
 * A placeholder that seems to be a slip of one of `names`, with the name that is meant. Braces that resemble none of them
 * are the program's own (`awk '{print}'`).
 */
export function misspelledPlaceholder(run: Run, names: readonly string[]): { readonly written: string; readonly meant: string } | undefined {
  for (const written of placeholdersIn(run)) {
    if (names.includes(written)) continue;
    const slips = Math.min(2, Math.floor(written.length / 3));
    const near = names.map((name) => ({ name, away: distance(written.toLowerCase(), name.toLowerCase()) })).filter(({ away }) => away <= slips);
    const [nearest] = near.sort((one, other) => one.away - other.away);
    if (nearest) return { written, meant: nearest.name };
  }
  return undefined;
}
