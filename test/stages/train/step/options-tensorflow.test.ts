import { optionTests } from './options.ts';

await optionTests('tensorflow');
