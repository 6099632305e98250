import { failures, type FailureTable } from '../../pipeline/failure.ts';

export const evaluateFailures = {
  'evaluate-no-generators': { exit: 64, when: 'None of the stages that evaluate reads has trained generators (models/generatorAToB, models/generatorBToA), or not those that weights or supervised asks for.' },
  'evaluate-two-generators': { exit: 64, when: 'Two of the stages that evaluate reads have trained generators, and supervised does not say which is beside the other.' },
  'evaluate-not-supervised': { exit: 64, when: 'The stage that supervised names was not trained with objective: supervised.' },
  'evaluate-no-images': { exit: 64, when: 'None of the stages that evaluate reads makes arrays with a training and a test split.' },
  'evaluate-too-small': { exit: 64, when: 'The test images are smaller than the 11×11 window of SSIM, or a split has fewer than two.' },
  'evaluate-size-mismatch': { exit: 64, when: 'The generators were trained on images of another size than the test images.' },
  'evaluate-no-epochs': { exit: 64, when: 'epochs is true, but training kept no networks on its way (keep_every).' },
  'evaluate-not-finite': { exit: 1, when: 'A generator makes NaN or an infinity of a test image.' },
  'evaluate-features-unusable': { exit: 64, when: 'The network that features names cannot be read, or does not make finite features of images.' },
} as const satisfies FailureTable;

export const evaluateFailed = failures(evaluateFailures);
