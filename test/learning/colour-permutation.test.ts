// The one training that the short suite affords: after 250 iterations the colours are mostly right, which no broken trainer gets.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testSelection } from '../helpers/test-engine.ts';
import { learn, trainedFor } from './known-truth-run.ts';
import { resultsTable } from './results.ts';

const withTensorFlow = (await testSelection('tensorflow')) ? test : test.skip;

withTensorFlow('colour permutation is learnt to 22.5 dB in 250 iterations', async () => {
  const learnt = await learn('colour-permutation', 1, trainedFor(250));
  console.log(resultsTable([learnt]));
  assert.ok(learnt.methods.cyclegan.psnr >= 22.5, `${learnt.methods.cyclegan.psnr} dB`);
});

test.run();
