// `npm start`: install, build, and run the quickstart; anything after `--` is passed on to `giverny run`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkNode } from './node-version.js';
import { prepareCheckout } from './install.js';

checkNode();
await prepareCheckout();
const root = fileURLToPath(new URL('..', import.meta.url));
const args = [fileURLToPath(new URL('giverny.js', import.meta.url)), 'run', 'configs/quickstart.yaml', ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
// The terminal sends Ctrl-C to the child as well: it finishes its step, so wait for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGTERM' ? 143 : 130);
});
