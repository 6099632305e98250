import type { Oddity } from './pixels.ts';

const tooSmall: Oddity = 'fewer than 8 pixels in height or width, which is no picture';

/** Collects what was odd about a stage's images, so that its log says each once with a count. */
export class Oddities {
  readonly #found = new Map<Oddity, { images: number; first: string }>();

  note(label: string, oddities: readonly Oddity[]): void {
    for (const oddity of oddities) {
      const so = this.#found.get(oddity);
      // By name, not by time, so that the log of a stage that runs in parallel is the same each time.
      this.#found.set(oddity, { images: (so?.images ?? 0) + 1, first: so && so.first < label ? so.first : label });
    }
  }

  /** What is only converted goes to the log; what people should look at is a warning. */
  tell(context: { log(line: string): void; warn(line: string): void }): void {
    for (const [oddity, { images, first }] of [...this.#found].sort()) {
      const line = `${images} ${images === 1 ? 'image' : 'images'} with ${oddity} (${first}${images > 1 ? ', …' : ''})`;
      if (oddity === tooSmall) context.warn(line);
      else context.log(line);
    }
  }
}
