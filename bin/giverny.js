#!/usr/bin/env node
// The command. In a checkout it builds what it runs first (milliseconds when nothing changed); a package comes built.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkNode } from './node-version.js';

checkNode();

/** The folder of the program to run. */
async function programFolder() {
  if (!existsSync(new URL('../pipeline/', import.meta.url))) return fileURLToPath(new URL('../dist/package', import.meta.url));
  const { prepareCheckout } = await import('./install.js');
  const folder = await prepareCheckout();
  const { builds } = await import('./builds.js');
  builds.markInUse(folder);
  return folder;
}

const { run } = await import(pathToFileURL(`${await programFolder()}/giverny.js`).href);
await run();
