import { small } from './bounds.ts';
import { chapterSmall } from './recipes.ts';
import { trainingParity } from './training-tests.ts';

await trainingParity('tensorflow', 'chapter-small', chapterSmall, small);
