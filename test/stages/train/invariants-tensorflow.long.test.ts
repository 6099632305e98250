import { invariantTests } from './invariants.ts';

await invariantTests('tensorflow', 200);
