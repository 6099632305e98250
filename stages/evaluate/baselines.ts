/** What can be had without training a network, fitted to the unpaired training split. */
import { Histogram, histogramMatch } from './metrics/histogram-match.ts';
import { MeanPicture } from './metrics/mean-picture.ts';
import type { Method, TrainedMethod } from './evaluation.ts';
import type { Picture } from '../image/picture.ts';
import type { Pictures } from './pictures.ts';

export type Baselines = Readonly<Record<Exclude<Method, TrainedMethod>, (input: Picture) => Picture>>;

/** What the baselines need to know of one domain's training images. */
export interface DomainStatistics {
  readonly histogram: Histogram;
  readonly mean: Picture;
}

/** Undefined where `onPicture`, which is called for every image, stopped it. */
export async function statisticsOf(pictures: Pictures, onPicture: () => boolean): Promise<DomainStatistics | undefined> {
  const histogram = new Histogram(pictures.channels);
  const mean = new MeanPicture(pictures);
  for (let i = 0; i < pictures.names.length; i++) {
    const picture = await pictures.read(i);
    histogram.add(picture);
    mean.add(picture);
    if (onPicture()) return undefined;
  }
  return { histogram, mean: mean.mean() };
}

export function baselines(source: DomainStatistics, target: DomainStatistics): Baselines {
  return {
    copy: (input) => input,
    mean: () => target.mean,
    histogram_match: histogramMatch(source.histogram, target.histogram),
  };
}
