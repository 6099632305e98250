/** The real images of the test split, measured once: each domain is the source of one direction and the target of the other. */
import type { Domain } from '../image-set/image-set.ts';
import { MeasuredSet, type Measuring } from './measured-set.ts';
import { eachBatch, type Pictures } from './pictures.ts';

export interface RealSet {
  readonly pictures: Pictures;
  readonly measured: MeasuredSet;
}

export type RealImages = Readonly<Record<Domain, RealSet>>;

/** Undefined where `onPicture`, which is called for every image, stopped it. */
export async function measureReal(pictures: Pictures, measuring: Measuring, onPicture: () => boolean): Promise<RealSet | undefined> {
  const measured = new MeasuredSet(pictures.names.length, pictures, measuring);
  for await (const batch of eachBatch(pictures)) {
    await measured.add(batch.pictures);
    for (const _ of batch.pictures) if (onPicture()) return undefined;
  }
  return { pictures, measured };
}
