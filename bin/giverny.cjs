#!/usr/bin/env node
// What npm links as `giverny`: starts a package's build 20 ms sooner than giverny.js, which a checkout needs. Node loads a
// CommonJS script without its module loader, and this one reads nothing but the program.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '../dist/package/giverny.cjs');
const [major, minor] = process.versions.node.split('.').map(Number);
const isPackage = !existsSync(join(__dirname, '../pipeline')) && existsSync(program);

// giverny.js says of an old Node that it is one.
if (isPackage && (major > 20 || (major === 20 && minor >= 9))) require(program).run();
else import('./giverny.js');
