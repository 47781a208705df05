/** The named files: the fixtures' scene as a photo for the web, as one of a camera, and cut out; and what others read. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawing } from '../fixtures/drawings.ts';
import { heif } from '../fixtures/heic.ts';
import { scene, scenePixels } from '../fixtures/images.ts';
import { letter, pdf } from '../fixtures/pdf.ts';

interface Named {
  readonly file: string;
  readonly make: () => Promise<Buffer>;
  /** What is put behind the picture so that no two files are the same. */
  readonly behind?: (at: number) => string;
}

export const NAMED = {
  '2K JPEG': { file: 'web.jpg', make: () => photo(2048, 1365) },
  '24 MP JPEG': { file: 'camera.jpg', make: () => photo(6000, 4000) },
  'PNG with alpha': { file: 'cutout.png', make: () => cutout(1600, 1200) },
  // As many tiles of the fixtures as libheif takes, which is 1,000.
  '5 MP HEIC': { file: 'phone.heic', make: async () => heif({ tiles: [31, 32] }) },
  'A4 PDF': { file: 'letter.pdf', make: async () => pdf([letter()]) },
  '400 discs SVG': { file: 'drawing.svg', make: discs, behind: (at) => `<!-- ${at} -->` },
  '3,000 lines of TypeScript': { file: 'code.ts', make: code, behind: (at) => `// ${at}\n` },
} as const satisfies Record<string, Named>;

export type NamedFile = keyof typeof NAMED;

/** `count` files of that picture; no two have the same content, so that nobody can answer from what was made before. */
export async function writeCopies(name: NamedFile, count: number, inbox: string): Promise<readonly string[]> {
  // Every decoder stops at the picture's end: what follows changes the hash and nothing else.
  const { file, make, behind = (at: number) => `copy ${at}` }: Named = NAMED[name];
  const bytes = await make();
  const names = Array.from({ length: count }, (_, at) => `${at}-${file}`);
  for (const [at, copy] of names.entries()) {
    await writeFile(join(inbox, copy), Buffer.concat([bytes, Buffer.from(behind(at))]));
  }
  return names;
}

function photo(width: number, height: number): Promise<Buffer> {
  return scene({ width, height, seed: 11 }).jpeg({ quality: 90 }).toBuffer();
}

/** A disc of the scene with a soft edge on nothing. */
function cutout(width: number, height: number): Promise<Buffer> {
  const alpha = Buffer.alloc(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const distance = Math.hypot(x - width / 2, y - height / 2) / (height / 2);
      alpha[at] = Math.round(255 * Math.max(0, Math.min(1, 6 * (0.95 - distance))));
    }
  }
  const raw = { width, height, channels: 3 } as const;
  return sharp(scenePixels({ width, height, seed: 12, palette: 'sea' }), { raw })
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
}

async function discs(): Promise<Buffer> {
  const at = (index: number) => `cx="${(index % 20) * 50 + 25}" cy="${Math.floor(index / 20) * 50 + 25}"`;
  const disc = (_: unknown, index: number) =>
    `<circle ${at(index)} r="30" fill="hsl(${index}, 70%, 50%)" fill-opacity="0.5"/>`;
  return drawing(Array.from({ length: 400 }, disc).join(''), 'width="1600" height="1600" viewBox="0 0 1000 1000"');
}

async function code(): Promise<Buffer> {
  const line = (_: unknown, index: number) =>
    `export const value${index}: number = ${index} * Math.PI; // one of many\n`;
  return Buffer.from(Array.from({ length: 3000 }, line).join(''));
}
