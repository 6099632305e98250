import { layerParity } from './layers.ts';

await layerParity('wasm');
