import { invariantTests } from './invariants.ts';

await invariantTests('wasm', 200);
