/**
 * The fonts a slot draws text with: those of two npm packages, whatever the machine has, so that the same text gives the
 * same pixels everywhere. DejaVu is for what has letters; UnifontEX holds a glyph for nearly every character there is,
 * Chinese, Japanese, Korean and emoji among them.
 */
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sfntOf } from './woff.ts';

/** No job's folder: those may not begin with a dot. */
const FOLDER = '.fonts';

export function fontConfigIn(scratch: string): string {
  return resolve(scratch, FOLDER, 'fonts.conf');
}

/** Writes fontconfig's file and what it names below the scratch folder, the one place that a renderer may write to. Rejects without it. */
export async function installFonts(scratch: string): Promise<void> {
  const fonts = resolve(scratch, FOLDER, 'fonts');
  await access(scratch);
  await mkdir(fonts, { recursive: true });
  const packed = await readFile(
    fileURLToPath(import.meta.resolve('@fontsource/unifontex/files/unifontex-latin-400-normal.woff')),
  );
  await replace(join(fonts, 'unifontex.ttf'), sfntOf(packed));
  const dejavu = fileURLToPath(new URL('ttf', import.meta.resolve('dejavu-fonts-ttf/package.json')));
  await replace(fontConfigIn(scratch), config([dejavu, fonts], resolve(scratch, FOLDER, 'cache')));
}

/** A slot of an earlier renderer may still map the file: it is replaced, never written over. */
async function replace(path: string, content: Buffer | string): Promise<void> {
  await writeFile(`${path}.partial`, content);
  await rename(`${path}.partial`, path);
}

/** A family nobody has, as Helvetica, becomes sans-serif: fontconfig would take the first font it finds. */
function config(folders: readonly string[], cache: string): string {
  const prefer = (generic: string, family: string, others: readonly string[] = []) =>
    [generic, ...others]
      .map((name) => `<alias><family>${name}</family><prefer><family>${family}</family></prefer></alias>`)
      .join('\n  ');
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  ${folders.map((folder) => `<dir>${escaped(folder)}</dir>`).join('\n  ')}
  <cachedir>${escaped(cache)}</cachedir>
  ${prefer('serif', 'DejaVu Serif', ['Times', 'Times New Roman', 'Georgia', 'Garamond'])}
  ${prefer('monospace', 'DejaVu Sans Mono', ['Courier', 'Courier New', 'Consolas', 'Menlo', 'Monaco'])}
  ${prefer('sans-serif', 'DejaVu Sans')}
  <match target="pattern">
    <edit name="family" mode="append_last"><string>DejaVu Sans</string></edit>
  </match>
</fontconfig>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
