import { trainerTests } from './trainer.ts';

await trainerTests('tensorflow');
