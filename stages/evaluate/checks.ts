/** What can only be told once the networks and images are there. */
import { ok, type Result } from '../../pipeline/failure.ts';
import { domains, type Domain } from '../image-set/image-set.ts';
import { keptEpochs } from './epoch-curve.ts';
import type { TrainedMethod } from './evaluation.ts';
import { evaluateFailed } from './failures.ts';
import type { Generators } from './generator.ts';
import type { Pictures } from './pictures.ts';
import type { EvaluateParams } from './schema.ts';
import type { GeneratorSource } from './sources.ts';

/** The smaller side that SSIM's window needs. */
const SMALLEST_SIDE = 11;

export function checkEpochs({ epochs }: EvaluateParams, { input, weights }: GeneratorSource): Result<void> {
  if (!epochs || keptEpochs(input, weights).length > 0) return ok(undefined);
  return evaluateFailed('evaluate-no-epochs', `stage ${input.stage} kept no generators on its way`, {
    expected: 'models/epoch-…, which train writes with keep_every', hint: `set keep_every in ${input.stage}, or leave epochs out of evaluate`,
  });
}

/** The test images must be as large as the networks take them, all networks alike, and large and many enough to be compared. */
export function checkSizes(test: Readonly<Record<Domain, Pictures>>, networks: Readonly<Partial<Record<TrainedMethod, Generators>>>): Result<void> {
  for (const domain of domains) {
    const { height, width, of } = test[domain];
    for (const { AtoB: network } of Object.values(networks)) {
      // Larger images were cut to the size of the CycleGAN; networks of any size say Infinity.
      const fits = [[height, network.height], [width, network.width]].every(([has, takes]) => takes === Infinity || has === takes);
      if (!fits) return sizeMismatch(network, test[domain]);
    }
    if (Math.min(height, width) < SMALLEST_SIDE) {
      return evaluateFailed('evaluate-too-small', `the images are ${width}×${height}, too small to compare`, { expected: 'at least 11×11 pixels' });
    }
    if (of < 2) return evaluateFailed('evaluate-too-small', `test/${domain} has ${of} image`, { expected: 'at least 2' });
  }
  return ok(undefined);
}

type Size = { readonly height: number; readonly width: number };

const sizeMismatch = (network: Size, images: Size) =>
  evaluateFailed('evaluate-size-mismatch', `the generators take ${network.width}×${network.height}, the test images are ${images.width}×${images.height}`, {
    hint: 'let train and evaluate read from the same normalize stage',
  });
