/** From a graph to a TensorFlow session. The binding takes graphs only as SavedModels, which are folders. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from './graph.ts';
import { encodeSavedModel, graphTag } from './graph-def.ts';
import type { Binding } from './native.ts';

/**
 * Loads the graph and returns the session's number. What is written lies in a folder of its own below `scratch`, which
 * outlives the call only if the process is killed. Throws what TensorFlow says of a graph that it refuses.
 */
export function loadGraph(binding: Binding & { readonly TF_Version?: string }, nodes: readonly Node[], scratch: string): number {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes, binding.TF_Version ?? ''));
    return binding.loadSavedModel(folder, graphTag);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
