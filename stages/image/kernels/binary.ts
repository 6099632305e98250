/**
 * The kernels as WebAssembly. From the sources there are none, and JavaScript does their work: in the bundle the bytes that
 * bin/kernels.js compiles stand in this module's place.
 */
export const kernelBinary: Uint8Array<ArrayBuffer> | undefined = undefined;
