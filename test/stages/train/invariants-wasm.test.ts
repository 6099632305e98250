import { invariantTests } from './invariants.ts';

await invariantTests('wasm');
