import { anySpecTests } from './any-spec.ts';

await anySpecTests('wasm');
