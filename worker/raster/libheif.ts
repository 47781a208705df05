/**
 * libheif as a renderer uses it: its C interface, because the package's JavaScript one gives neither profiles nor errors.
 * Structures are laid out as in libheif 1.23's headers (wasm32); a test of every field used fails when that changes.
 */
import { emscripten, readInto, wasmProgram } from './wasm.ts';

interface LibHeif {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _heif_context_alloc(): number;
  _heif_context_get_security_limits(context: number): number;
  _heif_context_read_from_memory_without_copy(error: number, context: number, at: number, bytes: number, _: 0): void;
  _heif_context_get_primary_image_handle(error: number, context: number, out: number): void;
  _heif_image_handle_get_width(handle: number): number;
  _heif_image_handle_get_height(handle: number): number;
  _heif_image_handle_has_alpha_channel(handle: number): number;
  _heif_image_handle_is_premultiplied_alpha(handle: number): number;
  _heif_image_handle_get_raw_color_profile_size(handle: number): number;
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, out: number): void;
  _heif_image_handle_get_nclx_color_profile(error: number, handle: number, out: number): void;
  _heif_decode_image(error: number, handle: number, out: number, space: number, chroma: number, options: 0): void;
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_get_plane_readonly2(image: number, channel: number, outStride: number): number;
  _heif_get_decoder_descriptors(format: number, out: number, count: number): number;
  _de265_set_parameter_bool(decoder: number, parameter: number, value: 0 | 1): void;
}

/** Numbers of libheif's error codes; `subcode` 1000 is a security limit. */
export class HeifError extends Error {
  readonly code: number;
  readonly subcode: number;

  constructor(code: number, subcode: number, message: string) {
    super(message);
    this.code = code;
    this.subcode = subcode;
  }
}

export interface HeifPicture {
  /** Pixels, upright: turns, mirrors and crops of the header are in it. */
  readonly width: number;
  readonly height: number;
  readonly alpha: boolean;
  readonly premultiplied: boolean;
  /** ICC. */
  readonly profile: Buffer | undefined;
  /** Colour primaries by their number in ITU-T H.273. */
  readonly primaries: number | undefined;
  /** 8-bit samples, rows one behind the other; they lie in the decoder's memory and hold until its next call. */
  decode(): HeifSamples;
}

export interface HeifSamples {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

const HEVC = 1;
const RGB = 1;
const INTERLEAVED = 10;
const program = wasmProgram(import.meta.resolve('libheif-js/libheif-wasm/libheif.wasm'));

/** The primary picture of a file; its header is read, nothing is decoded. Throws HeifError, or whatever the wasm throws. */
export async function openHeif(path: string, { pixels }: { readonly pixels: number }): Promise<HeifPicture> {
  const heif = await instantiate();
  const scratch = heif._malloc(16);
  const out = heif._malloc(8);
  const call = (work: (error: number, out: number) => void): number => {
    work(scratch, out);
    const [code = 0, subcode = 0, message = 0] = heif.HEAPU32.subarray(scratch / 4, scratch / 4 + 3);
    if (code !== 0) throw new HeifError(code, subcode, text(heif, message));
    return heif.HEAPU32[out / 4] ?? 0;
  };

  const context = heif._heif_context_alloc();
  // For what is decoded on the way: tiles, the picture of the alpha. A picture may be coded a little larger than it is shown.
  heif.HEAPU32.set([pixels + 2 ** 20, 0], (heif._heif_context_get_security_limits(context) + 8) / 4);
  const file = await readInto(path, (bytes) => {
    const at = heif._malloc(bytes);
    return heif.HEAPU8.subarray(at, at + bytes);
  });
  call((error) => heif._heif_context_read_from_memory_without_copy(error, context, file.byteOffset, file.length, 0));
  const handle = call((error, to) => heif._heif_context_get_primary_image_handle(error, context, to));

  const alpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;

  return {
    width: heif._heif_image_handle_get_width(handle),
    height: heif._heif_image_handle_get_height(handle),
    alpha,
    premultiplied: heif._heif_image_handle_is_premultiplied_alpha(handle) !== 0,
    profile: profileOf(),
    primaries: primariesOf(),
    decode() {
      const channels = alpha ? 4 : 3;
      // 10 is interleaved RGB of 8 bits, 11 the same with alpha.
      const image = call((error, to) => heif._heif_decode_image(error, handle, to, RGB, 7 + channels, 0));
      const [width, height] = [
        heif._heif_image_get_width(image, INTERLEAVED),
        heif._heif_image_get_height(image, INTERLEAVED),
      ];
      const at = heif._heif_image_get_plane_readonly2(image, INTERLEAVED, out);
      const [stride, row] = [heif.HEAPU32[out / 4] ?? 0, width * channels];
      for (let y = 1; y < height && stride !== row; y++) {
        heif.HEAPU8.copyWithin(at + y * row, at + y * stride, at + y * stride + row);
      }
      return { data: Buffer.from(heif.HEAPU8.buffer, at, row * height), width, height, channels };
    },
  };

  function profileOf(): Buffer | undefined {
    const bytes = heif._heif_image_handle_get_raw_color_profile_size(handle);
    if (bytes === 0) return undefined;
    const at = heif._malloc(bytes);
    call((error) => heif._heif_image_handle_get_raw_color_profile(error, handle, at));
    return Buffer.from(heif.HEAPU8.slice(at, at + bytes));
  }

  function primariesOf(): number | undefined {
    try {
      const nclx = call((error, to) => heif._heif_image_handle_get_nclx_color_profile(error, handle, to));
      return heif.HEAPU32[nclx / 4 + 1];
    } catch (error) {
      if (error instanceof HeifError) return undefined;
      throw error;
    }
  }
}

async function instantiate(): Promise<LibHeif> {
  const [{ default: factory }, compiled] = await Promise.all([import('libheif-js/libheif-wasm/libheif.js'), program()]);
  let exports: WebAssembly.Exports = {};
  const options = emscripten(compiled, (instance) => {
    exports = instance.exports;
  });
  const heif = (factory as unknown as (options: unknown) => LibHeif)(options);
  refuseFaultyPictures(heif, exports);
  return heif;
}

/**
 * libheif asks libde265 for pictures whatever their errors, and in this build without the filters that HEVC pictures are
 * meant to be seen through. Of 41 camera files with a damaged sector none was refused; with this 38 are. libheif has no
 * setting for it, so each decoder it makes is told by us, between its making and its use.
 */
function refuseFaultyPictures(heif: LibHeif, exports: WebAssembly.Exports): void {
  const out = heif._malloc(8);
  heif._heif_get_decoder_descriptors(HEVC, out, 1);
  const plugin = (heif.HEAPU32[out / 4] ?? 0) / 4;
  const [version, name = 0, newDecoder = 0] = [0, 10, 14].map((word) => heif.HEAPU32[plugin + word]);
  const table = Object.values(exports).find((value) => value instanceof WebAssembly.Table);
  if (version !== 5 || text(heif, name) !== 'libde265' || table === undefined) {
    throw new Error('libheif’s decoder plugin is laid out in another way than this program was written for');
  }
  const make = table.get(newDecoder);
  const makeStrict = (error: number, decoder: number, options: number): void => {
    make(error, decoder, options);
    const [context = 0] = heif.HEAPU32.subarray((heif.HEAPU32[decoder / 4] ?? 0) / 4);
    heif._de265_set_parameter_bool(context, SUPPRESS_FAULTY_PICTURES, 1);
    heif._de265_set_parameter_bool(context, DISABLE_DEBLOCKING, 0);
    heif._de265_set_parameter_bool(context, DISABLE_SAO, 0);
  };
  table.set(
    newDecoder,
    new WebAssembly.Instance(new WebAssembly.Module(BRIDGE), { e: { f: makeStrict } }).exports['f'],
  );
}

const SUPPRESS_FAULTY_PICTURES = 6;
const DISABLE_DEBLOCKING = 7;
const DISABLE_SAO = 8;
/** `(module (import "e" "f" (func (param i32 i32 i32))) (export "f" (func 0)))`: a table holds functions of wasm only. */
const BRIDGE = Buffer.from('0061736d0100000001070160037f7f7f0002070101650166000007050101660000', 'hex');

function text({ HEAPU8 }: LibHeif, at: number): string {
  return Buffer.from(HEAPU8.subarray(at, HEAPU8.indexOf(0, at))).toString('utf8');
}
