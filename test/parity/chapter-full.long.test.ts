// The chapter at full size (128×128, 32 filters, 6 blocks; discriminators from 64), on TensorFlow. Takes 10 GB and minutes.
import { suite } from 'uvu';
import { testEngine } from '../helpers/test-engine.ts';
import { full, fullSmooth } from './bounds.ts';
import { hasKeras, makeGoldens } from './keras.ts';
import { chapterFull, chapterFullSmooth } from './recipes.ts';
import { allCompared, gradientTests, trainingTests } from './training-tests.ts';

const tests = suite('the full-size chapter in Keras and on tensorflow');
const withoutCorners = suite('the full-size chapter without corners in Keras and on tensorflow');
const tf = hasKeras('the full-size chapter') ? await testEngine('tensorflow') : undefined;
if (tf === undefined) tests.skip('the full-size chapter', () => undefined);
else {
  trainingTests(tests, tf, await makeGoldens('chapter-full'), chapterFull, full);
  const goldens = await makeGoldens('chapter-full-smooth');
  gradientTests(withoutCorners, tf, goldens, chapterFullSmooth, fullSmooth);
  withoutCorners('all goldens were compared', () => allCompared(goldens, 7));
}
tests.run();
withoutCorners.run();
