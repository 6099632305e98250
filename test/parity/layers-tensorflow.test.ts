import { layerParity } from './layers.ts';

await layerParity('tensorflow');
