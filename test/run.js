// `npm test [-- PATTERN…] [--long]`: installs and builds what is missing, then runs the tests. Plain JavaScript for that reason.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkNode } from '../bin/node-version.js';
import { prepareCheckout } from '../bin/install.js';

checkNode();
await prepareCheckout();
// Tests run on TensorFlow where it can be had and say that they skip where not; wasm is always there.
const command = fileURLToPath(new URL('../bin/giverny.js', import.meta.url));
spawnSync(process.execPath, [command, 'engine', 'install'], { stdio: ['ignore', 'inherit', 'inherit'] });
const { runTests } = await import('./runner/run-tests.js');
process.exitCode = await runTests(process.argv.slice(2));
