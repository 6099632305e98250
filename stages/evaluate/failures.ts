import { failures, type FailureTable } from '../../pipeline/failure.ts';

export const evaluateFailures = {
  'evaluate-no-generators': { exit: 64, when: 'None of the stages that evaluate reads has trained generators (models/generatorAToB, models/generatorBToA).' },
  'evaluate-no-images': { exit: 64, when: 'None of the stages that evaluate reads makes arrays with a training and a test split.' },
  'evaluate-too-small': { exit: 64, when: 'The test images are smaller than the 11×11 window of SSIM, or a split has fewer than two.' },
  'evaluate-size-mismatch': { exit: 64, when: 'The generators were trained on images of another size than the test images.' },
} as const satisfies FailureTable;

export const evaluateFailed = failures(evaluateFailures);
