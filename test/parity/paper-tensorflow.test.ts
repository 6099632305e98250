import { small } from './bounds.ts';
import { paperSmall } from './recipes.ts';
import { trainingParity } from './training-tests.ts';

await trainingParity('tensorflow', 'paper-small', paperSmall, small);
