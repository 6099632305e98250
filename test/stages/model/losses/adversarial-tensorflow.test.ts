import { adversarialTests } from './adversarial.ts';

await adversarialTests('tensorflow');
