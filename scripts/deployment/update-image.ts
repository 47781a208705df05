/** `update-image`: another image of the worker, in manifests, kustomizations and pools; all else stays as it was typed. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { type Document, parseAllDocuments } from 'yaml';
import { type Edit, edited, replacement } from './edits.ts';
import {
  changed,
  type ImageChange,
  imageChangeOf,
  isImage,
  isName,
  parseReference,
  referenceText,
} from './image-reference.ts';
import { entryEdits, imageEntriesOf, isKustomization, sourcesOf } from './kustomization.ts';
import { imagesIn } from './manifest-images.ts';
import { unifiedDiff } from './unified-diff.ts';

const IMAGE = 'mobius-preview-worker';

interface Options {
  readonly image?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly of: string;
  readonly dryRun?: true;
}

export const updateImageCommand = () =>
  new Command('update-image')
    .description('puts another image of the worker into manifests, kustomizations and pools')
    .argument('<path...>', 'files, and folders with all .yaml and .yml files below them')
    .option('--tag <tag>', 'keep each name, with this tag')
    .option('--digest <digest>', 'keep each name, with this digest; with --tag both are written')
    .option('--image <reference>', 'another name with tag or digest, as registry.example.com/team/name:1.2.0')
    .option('--of <name>', "the image to look for, by its name's last part or by all of it", IMAGE)
    .option('--dry-run', 'write nothing; print the difference, as git apply takes it')
    .addHelpText(
      'after',
      `
Changed are the containers of this image, the entries of this image in a kustomization's images, and the image of every
PreviewWorkerPool. A container whose image a kustomization below the same paths sets is left to it. Exit 1 when nothing has
this image, or when a file can not be read; then nothing is written.`,
    )
    .action(updateImage);

interface Source {
  readonly file: string;
  readonly text: string;
  readonly documents: readonly Document[];
}

function updateImage(paths: readonly string[], options: Options): void {
  const change = imageChangeOf(options);
  if (!isName(options.of))
    throw new Error(`--of '${options.of}' is no name of an image: give it without tag and digest`);
  const sources = paths
    .flatMap(filesBelow)
    .filter(isFirst)
    .flatMap((file) => readSource(file, options.of));
  const overridden = overriddenIn(sources, options.of);
  const updates = sources.map((source) => {
    const update = updateOf(source, change, options.of, overridden);
    const text = edited(source.text, update.edits);
    const again = documentsOf(source.file, text);
    if (updateOf({ ...source, text, documents: again }, change, options.of, overridden).edits.length > 0)
      throw new Error(
        `${relative('', source.file)} is written in a way that can not be edited safely: edit it by hand`,
      );
    return { source, text, ...update };
  });
  if (updates.every(({ report }) => report.length === 0))
    throw new Error(
      `none of ${paths.join(', ')} names ${options.of} or a pool's image: name the right files, or the image by --of`,
    );
  for (const { source, edits, report } of updates) {
    const path = relative('', source.file);
    for (const line of report) (options.dryRun ? console.error : console.log)(`${path}: ${line}`);
    if (options.dryRun) process.stdout.write(unifiedDiff(path, source.text, edits));
  }
  if (options.dryRun) return;
  for (const { source, text, edits } of updates) if (edits.length > 0) writeFileSync(source.file, text);
}

const isFirst = (file: string, at: number, all: readonly string[]): boolean => all.indexOf(file) === at;

function filesBelow(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`${path}: there is no such file or folder`);
  if (!found.isDirectory()) return [resolve(path)];
  return readdirSync(path, { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      const below = join(path, entry.name);
      if (entry.isDirectory()) return filesBelow(below);
      return ['.yaml', '.yml'].includes(extname(entry.name)) || isKustomization(below) ? [resolve(below)] : [];
    });
}

/** None of a file that speaks neither of the image nor of a pool, so that what is no YAML there is nobody's trouble. */
function readSource(file: string, of: string): Source[] {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(of) && !text.includes('PreviewWorkerPool') && !isKustomization(file)) return [];
  return [{ file, text, documents: documentsOf(file, text) }];
}

function documentsOf(file: string, text: string): Document[] {
  const documents = [parseAllDocuments(text, { keepSourceTokens: true })].flat() as Document[];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error) throw new Error(`${relative('', file)} is no YAML: ${error.message.split('\n')[0]} Name other files.`);
  }
  return documents;
}

/** By file and name of an image: the kustomization that sets it. */
function overriddenIn(sources: readonly Source[], of: string): ReadonlyMap<string, string> {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const below = (file: string, seen: Set<string>): Set<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    const source = byFile.get(file);
    if (source && isKustomization(file))
      for (const document of source.documents) for (const one of sourcesOf(document, file)) below(one, seen);
    return seen;
  };
  const overridden = new Map<string, string>();
  for (const { file, documents } of sources.filter((source) => isKustomization(source.file)))
    for (const { name, now } of documents.flatMap(imageEntriesOf))
      if (isImage(name, of) || isImage(now.name, of))
        for (const reached of below(file, new Set())) overridden.set(`${reached} ${name}`, relative('', file));
  return overridden;
}

function updateOf(
  { file, text, documents }: Source,
  change: ImageChange,
  of: string,
  overridden: ReadonlyMap<string, string>,
): { edits: Edit[]; report: string[] } {
  const edits: Edit[] = [];
  const report: string[] = [];
  const tell = (where: string, now: string, wanted: string) =>
    report.push(now === wanted ? `${where}: ${now} already` : `${where}: ${now} -> ${wanted}`);
  for (const document of documents) {
    for (const { where, scalar, value, isPools } of imagesIn(document)) {
      const now = parseReference(value);
      if (now === undefined || !(isPools || isImage(now.name, of))) continue;
      const by = isPools ? undefined : overridden.get(`${file} ${now.name}`);
      if (by !== undefined) {
        report.push(`${where}: left to images of ${by}`);
        continue;
      }
      const wanted = referenceText(changed(now, change));
      tell(where, value, wanted);
      const edit = replacement(scalar, wanted);
      // Two places of one anchor are one edit.
      if (value !== wanted && edits.every(({ start }) => start !== edit.start)) edits.push(edit);
    }
    if (!isKustomization(file)) continue;
    for (const entry of imageEntriesOf(document)) {
      if (!isImage(entry.name, of) && !isImage(entry.now.name, of)) continue;
      tell(`images ${entry.name}`, referenceText(entry.now), referenceText(changed(entry.now, change)));
      edits.push(...entryEdits(entry, change, text));
    }
  }
  return { edits, report };
}
