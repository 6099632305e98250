import { secondDerivativeTests } from './second-derivatives.ts';

await secondDerivativeTests('tensorflow');
