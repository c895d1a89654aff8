declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.bin' {
  const bytes: ArrayBuffer;
  export default bytes;
}

declare module '*.onnx' {
  const bytes: ArrayBuffer;
  export default bytes;
}

declare module '*/tier2/manifest.json' {
  const manifest: unknown;
  export default manifest;
}

/** Made by the build: every file a page loads, with its size and hash. */
declare module '*/built-files.js' {
  export const FILES: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}
