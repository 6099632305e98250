/** Where things lie under `<root>/.giverny/`. Everything in it can be deleted; what is lost is only time. */
import path from 'node:path';

export interface Layout {
  readonly cache: string;
  /** `ab/<sha256>`, read-only. */
  readonly objects: string;
  /** `<key>.json`, written last. */
  readonly keys: string;
  /** `<trajectory>/`, and `<trajectory>.json` that says of what. */
  readonly checkpoints: string;
  /** `<key>/<process>`. */
  readonly leases: string;
  /** `objects/` and `keys/` that were found damaged. */
  readonly quarantine: string;
  /** Files on their way to their place, each named for the process that writes it. */
  readonly temporary: string;
  /** Digests of files by what stat says of them. */
  readonly statIndex: string;
  /** `<attempt>/out` and `<attempt>/scratch`. */
  readonly work: string;
}

export function layoutUnder(root: string): Layout {
  const home = path.join(root, '.giverny');
  const cache = path.join(home, 'cache');
  return {
    cache,
    objects: path.join(cache, 'objects'),
    keys: path.join(cache, 'keys'),
    checkpoints: path.join(cache, 'checkpoints'),
    leases: path.join(cache, 'leases'),
    quarantine: path.join(cache, 'quarantine'),
    temporary: path.join(cache, 'tmp'),
    statIndex: path.join(cache, 'stat-index'),
    work: path.join(home, 'work'),
  };
}

export const objectPath = (layout: Layout, digest: string): string =>
  // Not path.join, which takes a tenth of the time of a run with nothing to do: a digest has nothing to normalize.
  layout.objects + path.sep + digest.slice(0, 2) + path.sep + digest;

export const keyPath = (layout: Layout, key: string): string => path.join(layout.keys, `${key}.json`);
