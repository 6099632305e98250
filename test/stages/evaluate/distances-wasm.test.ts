import { distanceTests } from './engine-distances.ts';

await distanceTests('wasm');
