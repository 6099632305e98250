/** The part of @jsquash/jpeg that is used here; its own types need the browser's. */
declare module '@jsquash/jpeg/codec/dec/mozjpeg_dec.js' {
  interface Decoder {
    /** RGBA in memory of its own; null where it cannot be decoded. */
    decode(file: Uint8Array, preserveOrientation: boolean): { readonly data: Uint8ClampedArray<ArrayBuffer>; readonly width: number; readonly height: number } | null;
  }

  interface Options {
    readonly noInitialRun: boolean;
    readonly wasmBinary: Uint8Array;
    printErr(line: string): void;
  }

  const create: (options: Options) => Promise<Decoder>;
  export default create;
}
