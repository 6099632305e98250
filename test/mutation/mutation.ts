/** What a way to break the training is, and the names of the tests that most of them need. */

/**
 * Replaces one text of one file, and names the tests of which at least one must then fail, the quickest first. `find` must
 * occur exactly once (mutations.test.ts).
 */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

export const parity = (name: 'layers' | 'chapter' | 'paper', on: 'tensorflow' | 'captured' | 'wasm' = 'wasm') => `test/parity/${name}-${on}.test.ts`;
export const train = (name: string) => `test/stages/train/${name}.test.ts`;
export const invariants = train('invariants-wasm');
export const seeds = train('invariants-seeds-wasm');
