import { availableParallelism } from 'node:os';

/**
 * The C library's allocator in a stage's process. By its defaults glibc gives blocks of more than 128 KiB back to the system
 * when they are freed and asks for them again, each page anew, at every operation on tensors: an eighth of the processor's
 * time of the chapter's training step. Held on to, they cost some 2 % more memory. And what threads free stays with them: with
 * no more arenas than processors (by default eight times as many) they share more of it. It reads this only as a process starts.
 */
const heldBytes = String(1e9);
const settings = { MALLOC_MMAP_THRESHOLD_: heldBytes, MALLOC_TRIM_THRESHOLD_: heldBytes, MALLOC_ARENA_MAX: String(Math.max(2, availableParallelism())) };

/** The environment with those settings, but for what the user has set. Other systems and C libraries do not read them. */
export const withAllocatorSettings = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...settings, ...environment });
