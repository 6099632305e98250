// Loaded before every test file: puts guarded-uvu.js and guarded-assert.js in the place of uvu's own modules.
// uvu lets a throwing hook, a missing test.run() and an assertion after its test's end pass; with the guard none can.
import { register } from 'node:module';

register('./guard-resolve.js', import.meta.url);
