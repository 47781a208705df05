/**
 * PDFium as a renderer uses it: its C interface, because the package's own one draws text for one kind of screen only and
 * goes on where a page can not be loaded. Built without JavaScript, XFA and a network; it sees no file of this machine.
 */
import type { Size } from '../renderers/driver.ts';
import { type EmscriptenOptions, emscripten, readInto, wasmProgram } from './wasm.ts';

interface PdfiumModule {
  readonly HEAPU8: Uint8Array;
  readonly wasmExports: { malloc(bytes: number): number; free(at: number): void };
  _FPDF_InitLibrary(): void;
  _FPDF_LoadMemDocument(at: number, bytes: number, password: 0): number;
  _FPDF_GetLastError(): number;
  _FPDF_GetPageCount(document: number): number;
  _FPDF_GetPageSizeByIndexF(document: number, index: number, outSize: number): number;
  _FPDF_LoadPage(document: number, index: number): number;
  _FPDF_ClosePage(page: number): void;
  _FPDFBitmap_CreateEx(width: number, height: number, format: number, at: number, stride: number): number;
  _FPDFBitmap_FillRect(bitmap: number, left: 0, top: 0, width: number, height: number, colour: number): number;
  _FPDFBitmap_Destroy(bitmap: number): void;
  _FPDF_RenderPageBitmap: Draw;
  _FPDFDOC_InitFormFillEnvironment(document: number, callbacks: number): number;
  _FPDF_FFLDraw(form: number, ...parameters: Parameters<Draw>): void;
}
type Draw = (
  bitmap: number,
  page: number,
  left: 0,
  top: 0,
  width: number,
  height: number,
  rotate: 0,
  flags: number,
) => void;

/** `code` is of FPDF_GetLastError; 0 where it tells nothing. */
export class PdfError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface PdfDocument {
  readonly pages: number;
  /** Points of 1/72 inch, upright and cropped; `index` from 0. Throws PdfError. */
  pageSize(index: number): Size;
  /** 8-bit RGB of the whole page at this size, on white. Throws PdfError. */
  draw(index: number, size: Size): Buffer;
}

/** Refused passwords and unknown schemes of encryption. */
export const PASSWORD = 4;
export const SECURITY = 5;

const BGR = 2;
const BYTES_PER_PIXEL = 3;
const ANNOTATIONS = 0x01;
/** Decoded pictures are not kept for a page that is drawn once. */
const SMALL_IMAGE_CACHE = 0x200;
const REVERSE_BYTES = 0x10;
const WHITE = 0xffffffff;
const FORM_CALLBACKS_BYTES = 256;

const program = wasmProgram(import.meta.resolve('@hyzyla/pdfium/pdfium.wasm'));

/** Throws PdfError, or whatever the wasm throws. */
export async function openPdf(path: string): Promise<PdfDocument> {
  const pdfium = await instantiate();
  const allocate = (bytes: number): number => pdfium.wasmExports.malloc(bytes);
  const file = await readInto(path, (bytes) => {
    const at = allocate(bytes);
    return pdfium.HEAPU8.subarray(at, at + bytes);
  });
  const document = pdfium._FPDF_LoadMemDocument(file.byteOffset, file.length, 0);
  if (document === 0) throw new PdfError(pdfium._FPDF_GetLastError(), 'the document can not be opened');

  // Without callbacks nothing can ask for anything; the fields are drawn only where such an environment is.
  const callbacks = allocate(FORM_CALLBACKS_BYTES);
  pdfium.HEAPU8.fill(0, callbacks, callbacks + FORM_CALLBACKS_BYTES);
  pdfium.HEAPU8[callbacks] = 2;
  const form = pdfium._FPDFDOC_InitFormFillEnvironment(document, callbacks);
  const out = allocate(8);

  return {
    pages: pdfium._FPDF_GetPageCount(document),
    pageSize(index) {
      if (pdfium._FPDF_GetPageSizeByIndexF(document, index, out) === 0) {
        throw new PdfError(pdfium._FPDF_GetLastError(), `page ${index + 1} can not be read`);
      }
      const view = new DataView(pdfium.HEAPU8.buffer, out, 8);
      return { width: view.getFloat32(0, true), height: view.getFloat32(4, true) };
    },
    draw(index, { width, height }) {
      const page = pdfium._FPDF_LoadPage(document, index);
      if (page === 0) throw new PdfError(pdfium._FPDF_GetLastError(), `page ${index + 1} can not be loaded`);
      const row = width * BYTES_PER_PIXEL;
      const at = allocate(row * height);
      const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, BGR, at, row);
      if (bitmap === 0) throw new PdfError(0, `no bitmap of ${width} × ${height} pixels`);
      pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
      const flags = SMALL_IMAGE_CACHE | REVERSE_BYTES;
      pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags | ANNOTATIONS);
      if (form !== 0) pdfium._FPDF_FFLDraw(form, bitmap, page, 0, 0, width, height, 0, flags);
      // A copy: the next page may move the memory.
      const pixels = Buffer.from(pdfium.HEAPU8.subarray(at, at + row * height));
      pdfium._FPDFBitmap_Destroy(bitmap);
      pdfium._FPDF_ClosePage(page);
      pdfium.wasmExports.free(at);
      return pixels;
    },
  };
}

async function instantiate(): Promise<PdfiumModule> {
  const [{ PDFiumModule }, compiled] = await Promise.all([import('@hyzyla/pdfium'), program()]);
  const load = PDFiumModule as unknown as (options: EmscriptenOptions) => Promise<PdfiumModule>;
  const pdfium = await load(emscripten(compiled));
  pdfium._FPDF_InitLibrary();
  return pdfium;
}
