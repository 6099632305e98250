/** What the file of a sample is called. */
import { stemOf } from '../../image-set/image-set.ts';
import type { Translation } from '../../translation.ts';

export interface SampleName {
  readonly epoch: number;
  readonly translation: Translation;
  /** The image's file name without its extension. */
  readonly image: string;
}

/** `epoch-0010-AtoB-<image>.png`: sorts by epoch, then translation. `imageName` may have an extension. */
export function sampleName(epoch: number, translation: Translation, imageName: string): string {
  return `epoch-${String(epoch).padStart(4, '0')}-${translation}-${stemOf(imageName)}.png`;
}

/** The reverse of {@link sampleName}; undefined where `file` is no sample's name. */
export function readSampleName(file: string): SampleName | undefined {
  const [, epoch, translation, image] = /^epoch-(\d+)-(AtoB|BtoA)-(.+)\.png$/s.exec(file) ?? [];
  return image === undefined ? undefined : { epoch: Number(epoch), translation: translation as Translation, image };
}
