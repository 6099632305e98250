import { distance } from 'fastest-levenshtein';

/** The known name that a person most likely meant, or none if nothing is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly away: number } | undefined;
  for (const candidate of known) {
    const away = changes(plain(name), plain(candidate));
    if (best === undefined || away < best.away) best = { name: candidate, away };
  }
  // A name of one or two letters is near to anything.
  const limit = name.length < 3 ? 0 : Math.max(1, Math.floor(name.length * 0.4));
  return best !== undefined && best.away <= limit ? best.name : undefined;
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_\s]/g, '');

/** Letters in another order are the commonest slip: they count as one change. */
function changes(a: string, b: string): number {
  const sorted = (text: string): string => [...text].sort().join('');
  return a !== b && sorted(a) === sorted(b) ? 1 : distance(a, b);
}

/** `did you mean "epochs"?`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const near = nearestName(name, known);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}
