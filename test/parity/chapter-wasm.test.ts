import { chapterParity } from './chapter.ts';

await chapterParity('wasm');
