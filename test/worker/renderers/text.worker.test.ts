import { expect } from 'chai';
import sharp from 'sharp';
import { languageOf, mediaTypeOf } from '../../../worker/renderers/text/language.ts';
import { utf16 } from '../../fixtures/drawings.ts';
import { cut, pixelBomb } from '../../fixtures/images.ts';
import { LANGUAGES, PROSE, SLOW_LINES } from '../../fixtures/texts.ts';
import { Bench, conforms, output } from './conformance.ts';

/** As the page is drawn: 80 columns between its margins, 60 rows. */
const PAGE = { width: 1240, height: 1754 };
const CELL = { width: 13.245, height: 26.6 };
const page = output({ ...PAGE, format: 'png' });

describe('the text renderer', function () {
  this.timeout(60_000);
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  const draw = async (text: string | Buffer): Promise<Buffer> =>
    (await bench.render(Buffer.from(text), [page])).files[0]!;
  /** Where there is anything but white, in pixels. */
  const ink = async (text: string | Buffer) => {
    const { info } = await sharp(await draw(text))
      .trim({ threshold: 30 })
      .toBuffer({ resolveWithObject: true });
    const [left, top] = [-(info.trimOffsetLeft ?? 0), -(info.trimOffsetTop ?? 0)];
    return { left, top, right: left + info.width, bottom: top + info.height, width: info.width, height: info.height };
  };
  const darkness = async (text: string) =>
    255 -
    (
      await sharp(await draw(text))
        .greyscale()
        .stats()
    ).channels[0]!.mean;
  /** Of a piece of the first row, from so many pixels behind the margin. */
  const darknessOf = async (drawn: Buffer, from: number) => {
    const margin = (PAGE.width - 80 * CELL.width) / 2;
    const crop = await sharp(drawn)
      .extract({ left: Math.round(margin + from), top: 60, width: 19, height: 60 })
      .png()
      .toBuffer();
    return 255 - (await sharp(crop).greyscale().stats()).channels[0]!.mean;
  };
  const colours = async (text: string) => {
    const { data } = await sharp(await draw(text))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    let coloured = 0;
    for (let at = 0; at < data.length; at += 3) {
      const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
      if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured++;
    }
    return coloured;
  };

  const good = (title: string, text: string | Buffer, mediaType = 'text/plain') => ({
    title,
    make: () => Buffer.from(text),
    mediaType,
    ...PAGE,
  });
  conforms(
    {
      renderer: 'text',
      good: [
        good('plain text', PROSE),
        good('one letter', 'x'),
        good('a blank line', '\n'),
        good('UTF-16, low byte first', utf16(Buffer.from(PROSE))),
        good('UTF-16, high byte first', utf16(Buffer.from(PROSE), 'big')),
        good('a byte order mark', `\ufeff${PROSE}`),
        good('a log with colours', '\x1b[32mok\x1b[0m 12 tests\n'),
        good('a text cut within a letter', cut(Buffer.from('中'.repeat(2000)), 0.5001)),
        good('noise behind the first page', Buffer.concat([Buffer.from(PROSE.repeat(50)), Buffer.alloc(9000, 0x91)])),
        good('an XML declaration', '<?xml version="1.0"?>\n<note to="you">text</note>\n', 'application/xml'),
        good('a calendar', 'BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n', 'text/calendar'),
        ...Object.entries(LANGUAGES).map(([language, text]) =>
          good(language, text, mediaTypeOf(language as keyof typeof LANGUAGES)),
        ),
      ],
      bad: [
        { title: 'text with a zero in it', make: () => Buffer.from('text\0text\n'), reason: 'UnsupportedMedia' },
        { title: 'text with control characters', make: () => Buffer.from('a\x01b\n'), reason: 'UnsupportedMedia' },
        {
          title: 'an older encoding',
          make: () => Buffer.from('caf\xe9 cr\xe8me\n', 'latin1'),
          reason: 'UnsupportedMedia',
        },
        {
          title: 'UTF-16 without its mark',
          make: () => utf16(Buffer.from(PROSE)).subarray(2),
          reason: 'UnsupportedMedia',
        },
        { title: 'RTF', make: () => Buffer.from('{\\rtf1\\ansi text}'), reason: 'UnsupportedMedia' },
        {
          title: 'a picture',
          make: () => cut(pixelBomb({ width: 60, height: 60, whole: true }), 0.6),
          reason: 'DecodeFailed',
        },
      ],
    },
    bench,
  );

  describe('shows', () => {
    it('letters, and not boxes', async () => {
      const [w, dot] = await Promise.all([darkness('WWWWWWWWWW'), darkness('..........')]);
      expect(w).to.be.greaterThan(dot * 3);
      // One level stroke each, where the box of a missing letter is as high as it is wide.
      for (const stroke of ['一', 'ー', 'ㅡ']) {
        const { width, height } = await ink(stroke);
        expect(width / height, stroke).to.be.greaterThan(2.5);
      }
      for (const letter of ['é', 'Ж', 'λ', 'ש', 'م', 'ไ', 'ह', '한', '語', '😀', '→', '█']) {
        expect(await darkness(letter), letter).to.be.greaterThan(0.001);
      }
    });

    it('80 columns, then goes on in the next row', async () => {
      const [one, full, more] = await Promise.all([ink('x'), ink('x'.repeat(80)), ink('x'.repeat(81))]);
      expect(full.width).to.be.closeTo(80 * CELL.width, CELL.width / 2);
      expect(PAGE.width - full.right).to.be.closeTo(full.left, 3);
      expect(full.height).to.be.closeTo(one.height, 1);
      expect(more.height - one.height).to.be.closeTo(CELL.height, 1);
    });

    it('a word that does not fit in the next row, whole', async () => {
      const text = `${'x'.repeat(70)} ${'y'.repeat(20)}`;
      expect((await draw(text)).equals(await draw(text.replace(' ', '\n')))).to.equal(true);
      const exact = `${'x'.repeat(80)} y`;
      expect((await draw(exact)).equals(await draw(exact.replace(' ', '\n')))).to.equal(true);
    });

    it('60 rows, whatever comes after them', async () => {
      const first = await draw('line\n'.repeat(60));
      expect(first.equals(await draw(`${'line\n'.repeat(60)}${'more\n'.repeat(3_000_000)}`))).to.equal(true);
      expect(first.equals(await draw('line\n'.repeat(59)))).to.equal(false);
      expect((await ink('line\n'.repeat(60))).height).to.be.closeTo(59 * CELL.height + 17, 4);
      await draw('x'.repeat(20_000_000));
    });

    it('the same for what is the same: tabs, ends of lines, colours of terminals, marks without room', async () => {
      const same: readonly (readonly [string, string])[] = [
        ['\tx', '    x'],
        ['a\r\nb\rc', 'a\nb\nc'],
        ['\x1b[31mred\x1b[0m', 'red'],
        ['user\u202enimda', 'usernimda'],
        ['zero\u200bwidth', 'zerowidth'],
        ['\ufeffx', 'x'],
      ];
      for (const [one, other] of same) {
        expect((await draw(one)).equals(await draw(other)), JSON.stringify(one)).to.equal(true);
      }
    });

    it('each letter in its columns: spaces, wide letters, marks, what is read from the right', async () => {
      const end = async (text: string) => (await ink(text)).right;
      const bar = await end('xx  |');
      for (const text of [
        '    |',
        '中中|',
        '😀😀|',
        '👩‍👩‍👧‍👧😀|',
        'xé\u0301\u0302y |',
        'שלום|',
        'مرحب|',
        'हह|',
        '\t|',
      ]) {
        expect(await end(text), text).to.be.closeTo(bar, 1.5);
      }
      // A thin letter as the first word stands right of a broad one.
      const mirrored = await draw('ו ש');
      const [left, right] = await Promise.all([0, 1].map((half) => darknessOf(mirrored, half * 19)));
      expect(left).to.be.greaterThan((right ?? 0) * 1.3);
      expect(right).to.be.greaterThan(0);
    });

    it('what would be markup as what it is', async () => {
      const texts = [
        '&lt;b&gt;',
        '<b>',
        '&amp;',
        '&',
        ']]>',
        '</text></svg><script>',
        '<!--',
        '&#x4e00;',
        '"\'\ufffe\ufdd0',
      ];
      const pages = await Promise.all(texts.map(draw));
      expect(new Set(pages.map((drawn) => drawn.toString('base64'))).size).to.equal(texts.length);
      expect(await darkness('</text></svg><script>')).to.be.greaterThan(await darkness('</text>'));
    });

    it('a thousand marks on one letter as one letter', async () => {
      const marked = (marks: number) => draw(`e${'\u0301'.repeat(marks)}|`);
      expect((await marked(30_000)).equals(await marked(11))).to.equal(true);
    });

    for (const [language, text] of Object.entries(LANGUAGES)) {
      it(`${language} in colours`, async () => {
        expect(languageOf(text)).to.equal(language);
        expect(await colours(text)).to.be.greaterThan(40);
      });
    }

    it('prose without', async () => {
      expect(languageOf(PROSE)).to.equal(undefined);
      expect(await colours(PROSE)).to.equal(0);
      expect(languageOf('Hello, world\nGood bye, world\n')).to.equal(undefined);
    });

    it('a page of JSON in one line, in colours to its end', async () => {
      const [half, whole] = [100, 200].map((count) => `[${'"abc", true, '.repeat(count)}1]`);
      expect(await colours(whole ?? '')).to.be.greaterThan((await colours(half ?? '')) * 1.8);
    });

    it('no more pixels than the limit', async () => {
      const { result } = await bench.render(Buffer.from(PROSE), [page], { pixels: 100_000 });
      expect(result.source.width * result.source.height).to.be.within(95_000, 100_000);
    });
  });

  describe('is not held up by', () => {
    for (const [language, piece] of SLOW_LINES) {
      it(`${language} of ${JSON.stringify(piece)}, over and over`, async () => {
        const opening = LANGUAGES[language];
        const line = piece.repeat(400).slice(0, 399);
        const took: number[] = [];
        for (const text of [`${opening}\n${`${line}\n`.repeat(60)}`, `${opening}\n${piece.repeat(20_000)}`]) {
          const start = performance.now();
          await draw(text);
          took.push(performance.now() - start);
        }
        expect(Math.max(...took)).to.be.below(10_000);
      });
    }

    it('and loses no slot over it', () => expect(bench.restarts.filter((cause) => cause !== 'recycle')).to.be.empty);
  });
});
