import { seedTests } from './invariants-seeds.ts';

await seedTests('wasm');
