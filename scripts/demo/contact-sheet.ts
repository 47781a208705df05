/** All previews of a run on one page: as HTML beside the previews, and as one PNG. */
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import sharp from 'sharp';

export interface Tile {
  readonly name: string;
  /** Path of a preview. */
  readonly preview?: string;
  /** Below the name: what it was, or why there is no preview. */
  readonly note: string;
}

const COLUMNS = 6;
const [SIDE, LABEL, GAP] = [180, 34, 12];
const COLOURS = { page: '#f6f6f4', text: '#222', quiet: '#666', failed: '#b3261e', failedTile: '#fbe9e7' };

export async function writeHtml(path: string, folder: string, title: string, tiles: readonly Tile[]): Promise<void> {
  const figures = tiles.map(({ name, preview, note }) => {
    const picture =
      preview === undefined
        ? '<div class="failed">no preview</div>'
        : `<img loading="lazy" alt="" src="${escaped(relative(folder, preview))}">`;
    return `<figure>${picture}<figcaption>${escaped(name)}<br><small>${escaped(note)}</small></figcaption></figure>`;
  });
  await writeFile(
    path,
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>
  body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; background: ${COLOURS.page}; color: ${COLOURS.text} }
  main { display: grid; grid-template-columns: repeat(auto-fill, minmax(${SIDE}px, 1fr)); gap: 1.2rem }
  figure { margin: 0 } img, .failed { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 6px }
  .failed { display: grid; place-items: center; background: ${COLOURS.failedTile}; color: ${COLOURS.failed} }
  small { color: ${COLOURS.quiet} }
</style>
<h1>${escaped(title)}</h1>
<main>${figures.join('\n')}</main></html>
`,
  );
}

export async function writePng(path: string, tiles: readonly Tile[]): Promise<void> {
  const rows = Math.ceil(tiles.length / COLUMNS);
  const [across, down] = [SIDE + GAP, SIDE + LABEL + GAP];
  const [width, height] = [GAP + COLUMNS * across, GAP + rows * down];
  const placed = tiles.map((tile, at) => ({
    tile,
    left: GAP + (at % COLUMNS) * across,
    top: GAP + Math.floor(at / COLUMNS) * down,
  }));
  const pictures = await Promise.all(
    placed.flatMap(({ tile, left, top }) =>
      tile.preview === undefined
        ? []
        : [
            sharp(tile.preview)
              .resize(SIDE, SIDE, { fit: 'cover' })
              .png()
              .toBuffer()
              .then((input) => ({ input, left, top })),
          ],
    ),
  );
  const drawing = placed.map(({ tile: { name, preview, note }, left, top }) => {
    const [x, y] = [left + SIDE / 2, top + SIDE / 2];
    const cross = `M${x - 24},${y - 24} l48,48 m0,-48 l-48,48`;
    const failed = `<rect x="${left}" y="${top}" width="${SIDE}" height="${SIDE}" fill="${COLOURS.failedTile}"/>
      <path d="${cross}" stroke="${COLOURS.failed}" stroke-width="6"/>`;
    return `${preview === undefined ? failed : ''}
      <text x="${left}" y="${top + SIDE + 15}" fill="${COLOURS.text}">${escaped(name)}</text>
      <text x="${left}" y="${top + SIDE + 29}" fill="${preview === undefined ? COLOURS.failed : COLOURS.quiet}">${escaped(note)}</text>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"
    font-family="sans-serif" font-size="11">${drawing.join('')}</svg>`;
  await sharp({ create: { width, height, channels: 3, background: COLOURS.page } })
    .composite([{ input: Buffer.from(svg), left: 0, top: 0 }, ...pictures])
    .png()
    .toFile(path);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
