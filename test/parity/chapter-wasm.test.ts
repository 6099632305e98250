import { small } from './bounds.ts';
import { chapterSmall } from './recipes.ts';
import { trainingParity } from './training-tests.ts';

await trainingParity('wasm', 'chapter-small', chapterSmall, small);
