import { chapterParity } from './chapter.ts';

await chapterParity('tensorflow');
