/** What is used of the standard's JavaScript interface; Node's types have none of it. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Exports;
  }
  class Table {
    get(index: number): (...parameters: number[]) => number | undefined;
    set(index: number, value: unknown): void;
  }
  type Exports = Readonly<Record<string, unknown>>;
  type Imports = Readonly<Record<string, Exports>>;
  function compile(bytes: Uint8Array): Promise<Module>;
}
