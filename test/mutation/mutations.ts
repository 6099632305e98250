/** All known ways to break the training. */
import { data } from './data-mutations.ts';
import type { Mutation } from './mutation.ts';
import { losses, networks } from './network-mutations.ts';
import { rollback, session } from './session-mutations.ts';
import { optimizer, step } from './step-mutations.ts';

export const mutations: readonly Mutation[] = [...networks, ...losses, ...step, ...optimizer, ...data, ...session, ...rollback];
