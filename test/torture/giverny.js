// The built command without looking whether the build is stale: GIVERNY_TORTURE_PROGRAM is the folder of one build.
import { pathToFileURL } from 'node:url';

const { run } = await import(pathToFileURL(`${process.env.GIVERNY_TORTURE_PROGRAM}/giverny.js`).href);
await run();
