import { small } from './bounds.ts';
import { paperSmall } from './recipes.ts';
import { capturedParity } from './training-tests.ts';

await capturedParity('paper-small', paperSmall, small);
