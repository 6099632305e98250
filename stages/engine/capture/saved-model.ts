/** From a graph to a TensorFlow session. The binding takes graphs only as SavedModels, which are folders. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusedByTensorFlow, type CaptureFailure } from './failure.ts';
import type { Node } from './graph.ts';
import { encodeSavedModel, graphTag } from './graph-def.ts';
import type { Binding } from './native.ts';

/**
 * Loads the graph and returns the session's number, or why TensorFlow refuses it. What is written lies in a folder of its
 * own below `scratch`, which outlives the call only if the process is killed. Throws what the file system refuses.
 */
export function loadGraph(binding: Binding & { readonly TF_Version?: string }, nodes: readonly Node[], scratch: string): number | CaptureFailure {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes, binding.TF_Version ?? ''));
    return load(binding, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function load(binding: Binding, folder: string): number | CaptureFailure {
  try {
    return binding.loadSavedModel(folder, graphTag);
  } catch (error) {
    return refusedByTensorFlow(error);
  }
}
