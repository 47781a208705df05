import { expect } from 'chai';
import sharp from 'sharp';
import { eventually } from '../../cluster/eventually.ts';
import { encrypted } from '../../fixtures/encrypted-pdf.ts';
import { cut, damaged } from '../../fixtures/images.ts';
import {
  deflated,
  filled,
  letter,
  nested,
  type PdfPage,
  pdf,
  pdfOf,
  picturePage,
  quadrantsPage,
  stream,
} from '../../fixtures/pdf.ts';
import { CORNERS, colourAt, near, upright } from './colours.ts';
import { Bench, conforms, output } from './conformance.ts';

const full = output({ width: 400, height: 400, format: 'png' });
const page = quadrantsPage(80, 60);
const plain = pdf([page]);
const SIZE = { mediaType: 'application/pdf', width: 222, height: 167, pages: 1 } as const;
const BLACK = [0, 0, 0] as const;
const RED = [230, 30, 40] as const;

const swapped = (file: Buffer, from: string | RegExp, to: string): Buffer => {
  const text = file.toString('latin1');
  expect(text.replace(from, to)).to.not.equal(text);
  return Buffer.from(text.replace(from, to), 'latin1');
};

describe('the pdf renderer', function () {
  this.timeout(180_000);
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());
  const shown = async (pages: readonly PdfPage[], further: readonly (string | Buffer)[] = [], catalog = '') =>
    (await bench.render(pdf(pages, further, catalog), [full])).files[0]!;

  conforms(
    {
      renderer: 'pdf',
      good: [
        { title: 'a page', make: () => plain, ...SIZE },
        {
          title: 'a letter in a font of every reader',
          make: () => pdf([letter()]),
          ...SIZE,
          width: 1653,
          height: 2339,
        },
        { title: 'three pages', make: () => pdf([page, letter(), page]), ...SIZE, pages: 3 },
        { title: 'a page behind its owner’s password only', make: () => encrypted('ownerOnly'), ...SIZE },
        { title: 'blanks before the header', make: () => Buffer.concat([Buffer.from('\r\n\0 '), plain]), ...SIZE },
        {
          title: 'a page of 25 km',
          make: () => pdf([quadrantsPage(1_000_000, 1_000_000)]),
          ...SIZE,
          width: 16384,
          height: 16384,
        },
        { title: 'a hair of a page', make: () => pdf([quadrantsPage(14_400, 1)]), ...SIZE, width: 16384, height: 1 },
        {
          title: 'more pages told than there are',
          make: () => swapped(plain, '/Count 1', '/Count 2147483647'),
          ...SIZE,
        },
        {
          title: 'more objects told than there are',
          make: () => swapped(plain, '/Size 5', '/Size 2000000000'),
          ...SIZE,
        },
        {
          title: 'a table of objects that goes on at itself',
          make: () => swapped(plain, '/Root', `/Prev ${/startxref\n(\d+)/.exec(plain.toString('latin1'))?.[1]}/Root`),
          ...SIZE,
        },
        {
          title: 'a form that draws itself',
          make: () =>
            pdf(
              [{ ...page, content: `${page.content}/F Do`, resources: '/XObject<</F 5 0 R>>' }],
              [stream('/F Do', '/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>')],
            ),
          ...SIZE,
        },
      ],
      bad: [
        { title: 'half a file', make: () => cut(plain), reason: 'DecodeFailed' },
        { title: 'the first 40 bytes', make: () => plain.subarray(0, 40), reason: 'DecodeFailed' },
        { title: 'noise behind a header', make: () => damaged(plain), reason: 'DecodeFailed' },
        { title: 'nothing but a header', make: () => Buffer.from('%PDF-1.7\n%%EOF\n'), reason: 'DecodeFailed' },
        { title: 'a file of no page', make: () => pdf([]), reason: 'DecodeFailed' },
        { title: 'a password, AES', make: () => encrypted('aes256'), reason: 'PasswordProtected' },
        { title: 'a password, RC4', make: () => encrypted('rc4'), reason: 'PasswordProtected' },
        {
          title: 'an encryption nobody knows',
          make: () => swapped(encrypted('aes256'), '/Filter /Standard', '/Filter /Stranger'),
          reason: 'PasswordProtected',
        },
        {
          title: 'pages whose pages they are themselves',
          make: () => pdfOf(['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Count 3/Kids[2 0 R 2 0 R]>>']),
          reason: 'DecodeFailed',
        },
        {
          title: 'arrays 200,000 deep',
          make: () =>
            pdfOf([
              `<</Type/Catalog/Pages 2 0 R/X ${'['.repeat(200_000)}${']'.repeat(200_000)}>>`,
              '<</Type/Pages/Count 0/Kids[]>>',
            ]),
          reason: 'DecodeFailed',
        },
      ],
    },
    bench,
  );

  describe('upright', () => {
    for (const [turn, order] of [
      [0, ['red', 'green', 'blue', 'white']],
      [90, ['blue', 'red', 'white', 'green']],
      [180, ['white', 'blue', 'green', 'red']],
      [270, ['green', 'white', 'red', 'blue']],
    ] as const) {
      it(`turned by ${turn}°`, async () => {
        const { result, files } = await bench.render(pdf([{ ...page, entries: `/Rotate ${turn}` }]), [full]);
        const [width, height] = turn % 180 === 0 ? [222, 167] : [167, 222];
        expect(result.source).to.include({ width, height });
        await upright(files[0]!, 3, order as unknown as Parameters<typeof upright>[2]);
      });
    }

    it('shows the part that the page is cropped to', async () => {
      const { result, files } = await bench.render(pdf([{ ...page, entries: '/CropBox[40 30 80 60]' }]), [full]);
      expect(result.source).to.include({ width: 111, height: 83 });
      for (const corner of Object.values(CORNERS)) near(await colourAt(files[0]!, corner), [40, 200, 60], 3, 'green');
    });
  });

  describe('size', () => {
    it('is that of a scan of 200 dots an inch, and is never enlarged', async () => {
      const { result } = await bench.render(pdf([quadrantsPage(72, 36)]), [output({ width: 4000, height: 4000 })]);
      expect(result.source).to.include({ width: 200, height: 100 });
      expect(result.outputs[0]).to.include({ width: 200, height: 100 });
    });

    it('an edge is sharp at whatever size was asked for', async () => {
      const source = pdf([{ width: 600, height: 800, content: filled(BLACK, 0, 0, 300, 800) }]);
      const sizes = [48, 600, 1500];
      const outputs = sizes.map((width) => output({ name: `w${width}`, width, height: 4000, format: 'png' }));
      for (const [at, width] of sizes.entries()) {
        const { files } = await bench.render(source, [outputs[at]!]);
        const row = await sharp(files[0]).extractChannel(0).raw().toBuffer();
        const between = [...row.subarray(0, width)].filter((sample) => sample > 5 && sample < 250);
        expect(between.length, `${width} wide`).to.be.at.most(1);
      }
    });

    it('is each page’s own, and no more pages are read than the job may', async () => {
      const source = pdf([page, quadrantsPage(30, 90)]);
      const outputs = [full, output({ ...full, name: 'second', page: 2 })];
      const { result, files } = await bench.render(source, outputs, { pages: 2 });
      expect(result.outputs.map(({ width, height }) => [width, height])).to.deep.equal([
        [222, 167],
        [83, 250],
      ]);
      await upright(files[1]!, 3);
      expect((await bench.render(source, [outputs[1]!], { pages: 1 })).result.outputs).to.have.length(1);
      expect((await bench.failure(source, outputs, { pages: 1 })).reason).to.equal('LimitExceeded');
    });

    it('the limit of pixels is held against those that are drawn, not against the paper', async () => {
      const poster = pdf([quadrantsPage(14_400, 14_400)]);
      await bench.render(poster, [output()], { pixels: 64 * 64 });
      expect((await bench.failure(poster, [output()], { pixels: 64 * 64 - 1 })).reason).to.equal('LimitExceeded');
    });
  });

  describe('what is on the page', () => {
    it('is drawn on white, and what is half clear half so', async () => {
      const file = await shown([
        {
          width: 40,
          height: 40,
          content: `/G gs ${filled(BLACK, 0, 0, 40, 20)}`,
          resources: '/ExtGState<</G<</ca .5>>>>',
        },
      ]);
      near(await colourAt(file, CORNERS.topLeft), [255, 255, 255, 255], 0, 'blank');
      near(await colourAt(file, CORNERS.bottomLeft), [128, 128, 128, 255], 2, 'half clear');
    });

    it('text in a font of every reader is there, in grey and no other colour', async () => {
      const { files } = await bench.render(pdf([letter()]), [output({ width: 1000, height: 1000, format: 'png' })]);
      const { data, info } = await sharp(files[0]).raw().toBuffer({ resolveWithObject: true });
      let [dark, coloured] = [0, 0];
      for (let at = 0; at < data.length; at += info.channels) {
        const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
        if (red < 128) dark += 1;
        if (red !== green || green !== blue) coloured += 1;
      }
      expect(dark).to.be.above(5000);
      expect(coloured).to.equal(0);
    });

    const looks = stream(filled(RED, 0, 0, 20, 20), '/Type/XObject/Subtype/Form/BBox[0 0 20 20]');
    const blank = { width: 40, height: 40, content: '', entries: '/Annots[5 0 R]' };
    const field = '<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(MMMM)/F 4';

    it('annotations are drawn', async () => {
      const note = '<</Type/Annot/Subtype/Square/Rect[0 20 20 40]/F 4/AP<</N 6 0 R>>>>';
      const file = await shown([blank], [note, looks]);
      near(await colourAt(file, CORNERS.topLeft), RED, 3, 'note');
      near(await colourAt(file, CORNERS.bottomRight), [255, 255, 255], 0, 'rest');
    });

    it('fields of forms are drawn, as they say and where they say nothing', async () => {
      const dressed = await shown(
        [blank],
        [`${field}/Rect[0 20 20 40]/AP<</N 6 0 R>>>>`, looks],
        '/AcroForm<</Fields[5 0 R]>>',
      );
      near(await colourAt(dressed, CORNERS.topLeft), RED, 3, 'dressed');
      const bare = await shown(
        [blank],
        [`${field}/Rect[0 0 40 40]/DA(/H 18 Tf 1 0 0 rg)/MK<</BG[0 0 1]>>>>`],
        '/AcroForm<</Fields[5 0 R]/NeedAppearances true/DR<</Font<</H<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>',
      );
      near(await colourAt(bare, CORNERS.topLeft), [0, 0, 255], 3, 'bare');
    });

    it('scripts are not run', async () => {
      const script = '/OpenAction<</S/JavaScript/JS(while\\(1\\);)>>';
      await upright(await shown([page], [], script), 3);
    });
  });

  it('what a file did to the decoder is forgotten: the same bytes before and after', async () => {
    const source = pdf([letter()]);
    const before = await bench.render(source, [full]);
    for (const bad of [damaged(plain), swapped(plain, '/Kids[3 0 R]', '/Kids[2 0 R]'), encrypted('rc4')]) {
      await Promise.all([bench.failure(bad), bench.failure(bad)]);
    }
    const after = await Promise.all([bench.render(source, [full]), bench.render(source, [full])]);
    for (const { files } of after) expect(files[0]!.equals(before.files[0]!)).to.equal(true);
  });

  describe('bombs', () => {
    const ENDED = ['rendered', 'DecodeFailed', 'TimedOut', 'OutOfMemory'];
    const SECONDS = 8;
    const bombs: readonly [string, () => Promise<Buffer> | Buffer, readonly string[]][] = [
      ['forms that draw ten of the next, nine times over', () => nested(9, 10), ['TimedOut', 'OutOfMemory']],
      [
        'a gigabyte in a few kilobytes',
        async () => {
          const content = await deflated(' ', 2 ** 30, 2);
          expect(content.length).to.be.below(20_000);
          return pdf([{ ...page, content, filter: '/Filter[/FlateDecode/FlateDecode]' }]);
        },
        ['DecodeFailed', 'OutOfMemory', 'TimedOut'],
      ],
      ['a picture of 60000 × 60000 pixels in a few kilobytes', () => picturePage(60_000), ENDED],
      ['states saved five million times', () => pdf([{ ...page, content: 'q '.repeat(5_000_000) }]), ENDED],
      [
        'dictionaries 300,000 deep in what is drawn',
        () => pdf([{ ...page, content: `/X ${'<</A'.repeat(300_000)} DP` }]),
        ENDED,
      ],
    ];
    for (const [title, make, answers] of bombs) {
      it(`${title}: answered in time, and the slots go on`, async () => {
        const source = await make();
        const begun = performance.now();
        const answer = await bench.render(source, [output()], { timeoutSeconds: SECONDS }).then(
          () => 'rendered',
          (error: { reason?: string }) => error.reason,
        );
        expect(answer).to.be.oneOf([...answers]);
        expect(performance.now() - begun).to.be.below((SECONDS + 5) * 1000);
        await Promise.all([bench.render(plain), bench.render(plain)]);
      });
    }

    it('a slot that a file has fattened is replaced before the next job', async () => {
      const recycled = () => bench.restarts.filter((cause) => cause === 'recycle').length;
      const before = recycled();
      // 2 million saved states take about 280 MB; a slot may keep half of the job's 512.
      await bench.render(pdf([{ ...page, content: `${'q '.repeat(2_000_000)}${page.content}` }]), [full]);
      await eventually('a slot is recycled', () => recycled() > before);
      await upright((await bench.render(plain, [full])).files[0]!, 3);
    });
  });
});
