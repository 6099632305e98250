import type { Plugin } from 'esbuild';

export function compileKernels(): Promise<Buffer>;
export const compiledKernels: Plugin;
