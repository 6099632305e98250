import { networkTests } from './networks.ts';

await networkTests('tensorflow');
