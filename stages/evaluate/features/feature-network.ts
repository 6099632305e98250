/** Networks whose outputs describe images, for distances between sets of them. */
import type { Picture } from '../../image/picture.ts';

export interface FeatureNetwork {
  /** Whether its figures can be compared with those of other people: a network that the user named. */
  readonly named: boolean;
  readonly dimensions: number;
  /** Features of pictures of one shape with values in [0, 1], a row each. */
  of(pictures: readonly Picture[]): Promise<readonly Float32Array[]>;
  dispose(): void;
}
