import { small } from './bounds.ts';
import { chapterSmall } from './recipes.ts';
import { capturedParity } from './training-tests.ts';

await capturedParity('chapter-small', chapterSmall, small);
