import { operationsTests } from './operations.ts';

await operationsTests('tensorflow');
