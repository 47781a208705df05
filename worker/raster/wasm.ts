/**
 * Decoders in WebAssembly. A program is compiled once a process and instantiated anew for every source: what a hostile file
 * did to an instance's memory ends with its job, a trapped instance is never asked again, and memory that can only grow is
 * given back with its instance.
 */
import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The options of an Emscripten module that makes its instance from a compiled program. */
export interface EmscriptenOptions {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
  print(): void;
  printErr(): void;
}

/** `url` of the .wasm file. Nothing is read before the first call. */
export function wasmProgram(url: string): () => Promise<WebAssembly.Module> {
  let compiled: Promise<WebAssembly.Module> | undefined;
  return () => {
    compiled ??= readFile(fileURLToPath(url))
      .then(WebAssembly.compile)
      .catch((error: unknown) => {
        compiled = undefined;
        throw error;
      });
    return compiled;
  };
}

export function emscripten(
  program: WebAssembly.Module,
  onInstance: (instance: WebAssembly.Instance) => void = () => {},
): EmscriptenOptions {
  return {
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(program, imports);
      onInstance(instance);
      done(instance);
      return instance.exports;
    },
    // What decoders say of hostile files is nobody's to read.
    print() {},
    printErr() {},
  };
}

/** Reads a file straight into an instance's memory: `allocate` gives the place for so many bytes. */
export async function readInto(path: string, allocate: (bytes: number) => Uint8Array): Promise<Uint8Array> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const place = allocate(size);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(place, at, size - at, at);
    if (bytesRead === 0) throw new Error(`the file ended after ${at} of ${size} bytes`);
    at += bytesRead;
  }
  return place;
}
