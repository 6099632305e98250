/** Where engines live: a folder of the user, shared by all projects. */
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** The folder that holds every installed engine: GIVERNY_ENGINE_DIR, or `engine` in giverny's per-user cache. */
export function engineFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['GIVERNY_ENGINE_DIR'];
  return chosen ? resolve(chosen) : join(envPaths('giverny', { suffix: '' }).cache, 'engine');
}
