import { seedTests } from './invariants-seeds.ts';

await seedTests('tensorflow');
