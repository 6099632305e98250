/** Splits at commas outside brackets and quotes: `[5,10],[10,10]` is two, `"a,b"` is one. A sweep's trials; an error in a run. */
export function splitAtTopLevelCommas(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  let fresh = true;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== '') {
      if (character === '\\' && quote === '"') at++;
      else if (character === quote) quote = '';
      continue;
    }
    if (fresh && (character === '"' || character === "'")) quote = character;
    else if ('[{('.includes(character)) depth++;
    else if (']})'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
    // A quote is one only where a value begins: the apostrophe of "don't" is not.
    fresh = character === ' ' ? fresh : '[{(,:'.includes(character);
  }
  return [...parts, text.slice(from)];
}
