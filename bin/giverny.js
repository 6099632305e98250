#!/usr/bin/env node
// The command. In a checkout it builds what it runs first (milliseconds when nothing changed); a package comes built.
import { existsSync } from 'node:fs';
import { checkNode } from './node-version.js';

checkNode();
if (existsSync(new URL('../pipeline/', import.meta.url))) {
  const { prepareCheckout } = await import('./install.js');
  await prepareCheckout();
}
const { run } = await import('../dist/giverny.js');
await run();
