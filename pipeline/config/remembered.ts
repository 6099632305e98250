/** What was made once and may be asked for again, of thousands: the last few, and of what was made twice, more. */

const recentAtMost = 8;

/**
 * Of thousands of trials most of what is made never comes again: kept, it would only fill the memory. The last few are in an
 * array: a Map that entries come and go in leaves tables behind that hold on to each other, and to all that ever was in it,
 * until V8 collects all of its memory.
 */
export class Remembered<V> {
  readonly #atMost: number;
  readonly #kept = new Map<string, V>();
  readonly #recent: { readonly name: string; readonly value: V }[] = [];
  #next = 0;
  /** What was made, and what was made before that. */
  #made = new Set<string>();
  #madeBefore = new Set<string>();

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  get(name: string): V | undefined {
    return this.#recent.find((each) => each.name === name)?.value ?? this.#kept.get(name);
  }

  set(name: string, value: V): void {
    if (this.#made.has(name) || this.#madeBefore.has(name)) return this.#keep(name, value);
    this.#recent[this.#next] = { name, value };
    this.#next = (this.#next + 1) % recentAtMost;
    if (this.#made.size >= this.#atMost) {
      this.#madeBefore = this.#made;
      this.#made = new Set();
    }
    this.#made.add(name);
  }

  clear(): void {
    this.#recent.length = this.#next = 0;
    for (const each of [this.#kept, this.#made, this.#madeBefore]) each.clear();
  }

  /** The oldest makes room. */
  #keep(name: string, value: V): void {
    if (this.#kept.size >= this.#atMost) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(name, value);
  }
}
