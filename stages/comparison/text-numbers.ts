/** A text (JSON, CSV, Markdown) as its words and its numbers: two of the same words can be compared by their numbers. */

/** Not those that are part of a word: `epoch-0010` and a digest are names. */
const number = /(?<![\w.-])-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/g;

export function numbersInText(text: string): { readonly words: string; readonly numbers: Float64Array } {
  const numbers: number[] = [];
  const words = text.replace(number, (written) => {
    numbers.push(Number(written));
    return '#';
  });
  return { words, numbers: Float64Array.from(numbers) };
}
