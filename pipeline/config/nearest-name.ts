import { distance } from 'fastest-levenshtein';

/** The known name that a person most likely meant, or none if nothing is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_\s]/g, '');
  let best: { readonly name: string; readonly away: number } | undefined;
  for (const candidate of known) {
    const away = distance(plain(name), plain(candidate));
    if (best === undefined || away < best.away) best = { name: candidate, away };
  }
  // Two letters swapped count as two changes; a name of one or two letters is near to anything.
  const limit = name.length < 3 ? 0 : Math.max(1, Math.floor(name.length * 0.4));
  return best !== undefined && best.away <= limit ? best.name : undefined;
}

/** `did you mean "epochs"?`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const near = nearestName(name, known);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}
