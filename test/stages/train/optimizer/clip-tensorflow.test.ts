import { clipTests } from './clip.ts';

await clipTests('tensorflow');
