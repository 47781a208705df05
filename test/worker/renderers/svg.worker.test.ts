import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import sharp from 'sharp';
import { sharp as ours } from '../../../worker/raster/sharp.ts';
import { figure } from '../../faults/figures.ts';
import { BOMBS, drawing, icon, QUARTERS, REFERENCES, utf16 } from '../../fixtures/drawings.ts';
import { cut, damaged, scene } from '../../fixtures/images.ts';
import { Bench, conforms, LIMITS, output } from './conformance.ts';

const png = (width: number, height = width) => output({ width, height, format: 'png' });
const pixelsOf = (file: Buffer) => sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
const MEDIA_TYPE = 'image/svg+xml';
const quarters = drawing(QUARTERS);

/** How many pixels are nearly of the colour. */
async function count(
  file: Buffer,
  [red, green, blue]: readonly [number, number, number],
  within = 40,
): Promise<number> {
  const { data } = await pixelsOf(file);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [r = 0, g = 0, b = 0, alpha = 0] = data.subarray(at, at + 4);
    if (alpha > 128 && Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue) < within) found++;
  }
  return found;
}
const RED = [230, 30, 40] as const;
const GREEN = [40, 200, 60] as const;

describe('the svg renderer', function () {
  this.timeout(60_000);
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  const good = (title: string, make: () => Buffer, width = 1024, height = 512) => ({
    title,
    make,
    mediaType: MEDIA_TYPE,
    width,
    height,
  });
  conforms(
    {
      renderer: 'svg',
      good: [
        good('a drawing', () => quarters),
        good('a larger one', () => drawing(QUARTERS, 'width="1600" height="1200"'), 1600, 1200),
        good('svgz', () => gzipSync(quarters)),
        good('an icon, as 1024 wide', () => icon(16), 1024, 1024),
        good('a shape that pixels can not tell', () => drawing(QUARTERS, 'viewBox="0 0 1.5 1"'), 1024, 683),
        good('centimetres', () => drawing(QUARTERS, 'width="21cm" height="29.7cm"'), 724, 1024),
        good(
          'no size at all, as wide as what is in it',
          () => drawing('<rect width="30" height="20"/>', ''),
          1024,
          683,
        ),
        good('nothing in it', () => drawing('')),
      ],
      bad: [
        { title: 'half a drawing', make: () => cut(quarters), reason: 'DecodeFailed' },
        { title: 'half an svgz', make: () => cut(gzipSync(drawing(QUARTERS.repeat(20))), 0.8), reason: 'DecodeFailed' },
        { title: 'noise in a drawing', make: () => damaged(quarters, 0.5), reason: 'DecodeFailed' },
        {
          title: 'noise in an svgz',
          make: () => damaged(gzipSync(drawing(QUARTERS.repeat(20))), 0.95),
          reason: 'DecodeFailed',
        },
        { title: 'gzip of something else', make: () => gzipSync('{"svg": "<svg>"}'), reason: 'UnsupportedMedia' },
        {
          title: 'an encoding that nobody knows',
          make: () => drawing('', undefined, '<?xml version="1.0" encoding="x-martian"?>'),
          reason: 'DecodeFailed',
        },
        {
          title: 'a line of a million by one',
          make: () => drawing(QUARTERS, 'width="1000000" height="1"'),
          reason: 'LimitExceeded',
        },
        { title: 'a drawing of no size', make: () => drawing('', 'width="0" height="0"'), reason: 'DecodeFailed' },
        { title: 'a billion pixels', make: BOMBS['a billion wide']!, reason: 'LimitExceeded' },
        { title: 'a billion pixels in a style', make: BOMBS['a billion wide by its style']!, reason: 'LimitExceeded' },
        { title: '17 MiB in an svgz of 17 kB', make: BOMBS['an unpacked size of 17 MiB']!, reason: 'LimitExceeded' },
        {
          title: '17 MiB of markup',
          make: () => drawing(`<!--${' '.repeat(17 * 2 ** 20)}-->`),
          reason: 'LimitExceeded',
        },
      ],
    },
    bench,
  );

  describe('knows a drawing', () => {
    const variants: Readonly<Record<string, Buffer>> = {
      'with a byte order mark': Buffer.concat([Buffer.from('\ufeff'), quarters]),
      'behind a declaration, comments and an instruction': drawing(
        QUARTERS,
        undefined,
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made <by> hand -->\n<?page size="A4"?>\r\n<!-- -->',
      ),
      'behind a document type with its own declarations': drawing(
        QUARTERS,
        undefined,
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/TR/x.dtd" [<!ENTITY a "<b>">]>',
      ),
      'behind a comment of 2000 bytes': drawing(QUARTERS, undefined, `<!--${'licence '.repeat(250)}-->`),
      'in UTF-16, low byte first': utf16(quarters),
      'in UTF-16, high byte first': utf16(
        drawing(QUARTERS, undefined, '<?xml version="1.0" encoding="UTF-16"?>'),
        'big',
      ),
      'in Latin-1': Buffer.from(
        `<?xml version="1.0" encoding="ISO-8859-1"?>${drawing(`<desc>\xe9</desc>${QUARTERS}`)}`,
        'latin1',
      ),
      'with a prefix before every name': Buffer.from(
        quarters
          .toString()
          .replaceAll(/<(\/?)(svg|rect)/g, '<$1s:$2')
          .replace('xmlns=', 'xmlns:s='),
      ),
      'in gzip in pieces': Buffer.concat([gzipSync(quarters.subarray(0, 100)), gzipSync(quarters.subarray(100))]),
    };
    for (const [title, source] of Object.entries(variants)) {
      it(title, async () => {
        const { result, files } = await bench.render(source, [png(200)]);
        expect(result.source).to.include({ mediaType: MEDIA_TYPE, width: 1024, height: 512 });
        expect(await count(files[0]!, RED)).to.be.closeTo(100 * 50, 60);
      });
    }

    it('and nothing else that has svg in it', async () => {
      const page = Buffer.from('<!DOCTYPE html><html><svg xmlns="http://www.w3.org/2000/svg"/></html>');
      expect((await bench.render(page)).result.renderer.name).to.equal('text');
      expect((await bench.failure(Buffer.from('\0<svg/>'))).reason).to.equal('UnsupportedMedia');
    });
  });

  describe('draws', () => {
    it('an icon of 16 × 16 sharply at 512', async () => {
      const { files } = await bench.render(icon(16), [png(512)]);
      const { data, info } = await pixelsOf(files[0]!);
      expect(info).to.include({ width: 512, height: 512 });
      const edge = data.filter((value, at) => at % 4 === 3 && value > 0 && value < 255).length;
      expect(edge, 'pixels that are neither in nor out').to.be.within(500, 2600);
    });

    it('no more than 1024 pixels of it', async () => {
      const { result } = await bench.render(icon(16), [png(4000)]);
      expect(result.outputs[0]).to.include({ width: 1024, height: 1024 });
    });

    it('what says it is a million pixels wide within the limit of pixels', async () => {
      const { result, files } = await bench.render(BOMBS['a million wide']!(), [png(600)], { pixels: 250_000 });
      expect(result.source).to.include({ width: 500, height: 500 });
      expect(await count(files[0]!, RED)).to.equal(250 * 250);
    });

    it('a line of 30000 by one', async () => {
      const outputs = [png(64), output({ name: 'cover', fit: 'cover' }), output({ name: 'fill', fit: 'fill' })];
      const { result } = await bench.render(drawing(QUARTERS, 'width="30000" height="1"'), outputs);
      expect(result.source).to.include({ width: 30000, height: 1 });
    });

    it('letters with the fonts that come along, whatever family is asked for', async () => {
      const letters = (family: string, text = 'Wij') =>
        bench.render(drawing(`<text y="60" font-size="60" font-family="${family}">${text}</text>`), [png(400)]);
      const [sans, helvetica, serif, mono, courier, unifont, chinese] = await Promise.all([
        letters('sans-serif'),
        letters('Helvetica'),
        letters('serif'),
        letters('monospace'),
        letters('Courier New'),
        letters('UnifontExMono'),
        letters('Arial', '一'),
      ]);
      expect(helvetica.files[0]!.equals(sans.files[0]!), 'Helvetica is sans-serif').to.equal(true);
      expect(courier.files[0]!.equals(mono.files[0]!), 'Courier New is monospace').to.equal(true);
      expect(serif.files[0]!.equals(sans.files[0]!), 'serif is not').to.equal(false);
      expect(mono.files[0]!.equals(sans.files[0]!), 'monospace is not').to.equal(false);
      expect(unifont.files[0]!.equals(sans.files[0]!), 'nor is UnifontEX').to.equal(false);
      const { info } = await sharp(chinese.files[0]!)
        .flatten({ background: '#fff' })
        .trim()
        .toBuffer({ resolveWithObject: true });
      expect(info.width / info.height, 'the one stroke of 一 is no box').to.be.greaterThan(3);
    });

    it('pictures inside it', async () => {
      const inner = await scene({ width: 20, height: 10 }).png().toBuffer();
      const { files } = await bench.render(
        drawing(`<image width="200" height="100" href="data:image/png;base64,${inner.toString('base64')}"/>`),
        [png(200)],
      );
      expect((await sharp(files[0]!).stats()).entropy).to.be.greaterThan(3);
    });
  });

  describe('loads nothing that a drawing names', () => {
    let server: Server;
    let requests: string[] = [];
    let urls: readonly string[];
    const counts = { renders: 0, read: 0, requests: 0 };

    const canaries = async (): Promise<Readonly<Record<string, Buffer | string>>> => {
      const red = drawing(
        '<pattern id="paint" width="1" height="1"><rect width="200" height="100" fill="#e61e28"/></pattern>' +
          '<rect id="red" width="200" height="100" fill="#e61e28"/>',
      );
      return {
        'red.svg': red,
        'red.png': await sharp(red).png().toBuffer(),
        'red.css': 'rect { fill: #e61e28 !important }',
        'red.dtd': '<!ENTITY red "MMM">',
        'red.txt': 'MMM',
      };
    };
    const beside = async (folder: string) => {
      for (const [name, content] of Object.entries(await canaries())) await writeFile(join(folder, name), content);
      // Whoever opens it for reading waits for a writer that never comes: that job would pass its time.
      await promisify(execFile)('mkfifo', [join(folder, 'fifo')]);
    };

    before(async () => {
      server = createServer((request, response) => {
        requests.push(request.url ?? '');
        response.end();
      }).on('connection', () => requests.push('a connection'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const folder = join(bench.scratch, 'near');
      await mkdir(folder);
      await beside(folder);
      // librsvg allows what lies beside a file that it read by path.
      bench.prepare = beside;
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      urls = [
        ...[...Object.keys(await canaries()), 'fifo'].flatMap((name) => [name, `file://${folder}/${name}`]),
        './fifo',
        '../near/fifo',
        `${folder}/fifo`,
        `http://${host}/red`,
        `//${host}/red`,
      ];
    });
    beforeEach(() => {
      requests = [];
    });
    after(() => {
      server?.close();
      const { renders, read, requests: asked } = counts;
      figure(
        23,
        `${Object.keys(REFERENCES).length} ways to name another × ${urls.length} places, ${renders} renders: files read ${read}, requests ${asked}`,
      );
      bench.prepare = async () => {};
    });

    for (const [title, make] of Object.entries(REFERENCES)) {
      it(`${title}: no file, no request`, async () => {
        const seen: string[] = [];
        for (const url of urls) {
          counts.renders += 1;
          const told = await bench
            .render(make(url), [png(200)], { timeoutSeconds: 10 })
            .then(({ files }) => files[0]!)
            .catch(({ reason }: { reason: string }) => reason);
          if (typeof told === 'string') seen.push(...(told === 'DecodeFailed' ? [] : [`${url}: ${told}`]));
          else if ((await count(told, RED, 150)) > 0) seen.push(`${url}: red`);
          else if ((await count(told, GREEN)) === 0 && title !== 'a filter') seen.push(`${url}: no green`);
        }
        counts.read += seen.filter((what) => what.endsWith(': red')).length;
        counts.requests += requests.length;
        expect(seen).to.deep.equal([]);
        expect(requests).to.deep.equal([]);
      });
    }

    it('and its markup is never taken from a path: sharp as the renderers have it refuses one', async () => {
      const path = join(bench.scratch, 'near', 'red.svg');
      const failure = await ours(path)
        .metadata()
        .then(String, (error: Error) => error.message);
      expect(failure).to.equal('Input file contains unsupported image format');
    });
  });

  describe('ends in time, as a preview or a typed failure, with its slot in place', () => {
    const outcomes: Record<string, string> = {};
    for (const [title, make] of Object.entries(BOMBS)) {
      it(title, async () => {
        const start = performance.now();
        const outcome = await bench.render(make(), [output()], { timeoutSeconds: 5 }).then(
          () => 'a preview',
          ({ reason }: { reason?: string }) => reason,
        );
        expect(outcome).to.be.oneOf(['a preview', 'DecodeFailed', 'LimitExceeded', 'OutOfMemory', 'TimedOut']);
        expect(performance.now() - start).to.be.below(15_000);
        expect((await bench.render(quarters)).result.outputs).to.have.length(1);
        outcomes[title] = String(outcome);
      });
    }

    it('where the memory and the clock of the slot are what ends it', () => {
      expect(Object.values(outcomes)).to.include.members(['a preview', 'OutOfMemory', 'TimedOut']);
      expect(bench.restarts).to.include.members(['memory', 'timeout']);
      expect(LIMITS.memoryBytes).to.equal(512 * 2 ** 20);
    });
  });
});
