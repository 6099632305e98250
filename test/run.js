// The test runner: `npm test [-- PATTERN…] [--long]`. Plain JavaScript, because it installs what the rest needs.
import { install } from '../bin/install.js';

await install();
const { main } = await import('./runner.js');
process.exitCode = await main(process.argv.slice(2));
