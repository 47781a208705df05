import { readFileSync } from 'node:fs';
import { PreviewFailure } from '../failures.ts';
import { within } from '../raster/limit.ts';
import { openPdf, PASSWORD, PdfError, SECURITY } from '../raster/pdfium.ts';
import type { OpenSource, Renderer, Size } from './driver.ts';

/** A page has no pixels: it counts as large as a scan of it at this density would be, which nothing is enlarged beyond. */
const DOTS_PER_INCH = 200;
const POINTS_PER_INCH = 72;
/** The longest side that an output may ask for; posters are planned at fewer dots per inch. */
const LONGEST_SIDE = 16384;
const MEDIA_TYPE = 'application/pdf';

const pdf: Renderer = {
  name: 'pdf',
  version: `1+pdfium.${packageVersion()}`,
  samples: { pdf: async () => Buffer.from(SAMPLE) },
  mediaTypes: [MEDIA_TYPE],

  /** Files of illustrators are PDF too. Some writers put blanks before the header, and readers let them. */
  recognise(head) {
    const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 1024)).toString('latin1');
    return /^(\xef\xbb\xbf)?[\s\0]*%PDF-\d/.test(start) ? MEDIA_TYPE : undefined;
  },

  async open({ path, limits }): Promise<OpenSource> {
    const document = await decoding(() => openPdf(path));
    const { pages } = document;
    if (pages < 1) throw new PreviewFailure('DecodeFailed', 'the PDF has no page');
    const sizeAt = async ({ page }: { page: number }): Promise<Size> => {
      if (page > pages) {
        throw new PreviewFailure('InvalidPayload', `page ${page} was asked for and the source has ${pages}`);
      }
      return decoding(() => intrinsicSize(document.pageSize(page - 1)));
    };
    const pagesRead = new Set<number>();
    return {
      ...(await sizeAt({ page: 1 })),
      pages,
      alpha: false,
      sizeAt,
      async raster({ page }, size) {
        within(limits.pages, pagesRead.add(page).size, 'pages');
        within(limits.pixels, size.width * size.height, 'pixels');
        return { data: await decoding(() => document.draw(page - 1, size)), ...size, channels: 3 };
      },
    };
  },
};

export default pdf;

function intrinsicSize({ width, height }: Size): Size {
  if (!(width > 0 && height > 0 && Number.isFinite(width * height))) throw new PdfError(0, 'a page has no size');
  const scale = Math.min(DOTS_PER_INCH / POINTS_PER_INCH, LONGEST_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A trap ends the instance that it came from; whatever it says is of PDFium's inside and nothing to a producer. */
async function decoding<T>(work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error instanceof PdfError ? error : { code: 0, message: 'the decoder gave up' };
    if (code === PASSWORD)
      throw new PreviewFailure('PasswordProtected', 'the PDF asks for a password', { cause: error });
    if (code === SECURITY) {
      throw new PreviewFailure('PasswordProtected', 'the PDF is encrypted in a way that is not known', {
        cause: error,
      });
    }
    throw new PreviewFailure('DecodeFailed', `the PDF can not be rendered: ${message}`, { cause: error });
  }
}

/** The package does not export its package.json. */
function packageVersion(): string {
  const url = new URL('../package.json', import.meta.resolve('@hyzyla/pdfium'));
  return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version;
}

/** Without a table of its objects, which PDFium then finds by reading. */
const SAMPLE = `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 8 8]/Contents 4 0 R>> endobj
4 0 obj <</Length 24>> stream
0 .5 .5 rg 0 0 8 8 re f
endstream endobj
trailer <</Root 1 0 R/Size 5>>
`;
