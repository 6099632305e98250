import { failures, type FailureTable } from '../../pipeline/failure.ts';
import { trainedGeneratorFailures } from '../model/trained-generator.ts';

export const translateFailures = {
  ...trainedGeneratorFailures,
  'translate-no-images': { exit: 64, when: 'What is to be translated is a folder without images.' },
  'translate-names-clash': { exit: 64, when: 'Two of the images would be written under one name.' },
  'translate-tile-invalid': { exit: 64, when: 'Tiles would overlap by more than half.' },
  'translate-image-unreadable': { exit: 64, when: 'A file that is to be translated cannot be read as an image.' },
  'translate-not-finite': { exit: 1, when: 'The generator makes NaN or an infinity of an image.' },
  'translate-not-written': { exit: 1, when: 'A translated image cannot be written.' },
} as const satisfies FailureTable;

export const translateFailed = failures(translateFailures);
