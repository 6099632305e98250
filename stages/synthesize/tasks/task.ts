import type { Picture } from '../../image/picture.ts';
import type { RandomStream } from '../../random.ts';
import type { Domain } from '../../image-set/image-set.ts';

/** One pair of domains between which the true translation is known. */
export interface Task {
  /** One line for the schema. */
  readonly summary: string;
  /**
   * Draws the scene that `random` decides as domain A or as domain B sees it, `size` × `size` × 3. Called with two streams in the
   * same state, once for A and once for B, it gives a true pair.
   */
  draw(random: RandomStream, size: number, domain: Domain): Picture;
}
