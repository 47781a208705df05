import { pathToFileURL } from 'node:url';
import type { RendererInfo } from '../renderer/protocol.ts';
import type { Renderer } from './driver.ts';

/** Every renderer of the image, in the order in which they are asked. Adding one is one line here. */
const RENDERERS: Readonly<Record<string, () => Promise<{ default: Renderer }>>> = {
  image: () => import('./image.ts'),
  heic: () => import('./heic.ts'),
  pdf: () => import('./pdf.ts'),
  svg: () => import('./svg.ts'),
  text: () => import('./text.ts'),
};

/** As a pool's `worker.renderers` names them. */
export const RENDERER_NAMES: readonly string[] = Object.keys(RENDERERS);

export interface RendererChoice {
  /** Names; absent: all. One that this image has not is missing from what it says it can do, nothing more. */
  readonly only?: readonly string[];
  /** Paths of further modules, given by whoever starts the process, never by a job. */
  readonly extra?: readonly string[];
}

export async function loadRenderers({ only, extra = [] }: RendererChoice = {}): Promise<readonly Renderer[]> {
  const chosen = Object.entries(RENDERERS).filter(([name]) => only === undefined || only.includes(name));
  const modules = await Promise.all([
    ...extra.map((path) => import(pathToFileURL(path).href) as Promise<{ default: Renderer }>),
    ...chosen.map(([, load]) => load()),
  ]);
  return modules.map((module) => module.default);
}

export function rendererFor(renderers: readonly Renderer[], mediaType: string): Renderer | undefined {
  return renderers.find((renderer) => renderer.mediaTypes.includes(mediaType));
}

export function describeRenderer({ name, version, formats }: Renderer): RendererInfo {
  return { name, version, formats };
}
