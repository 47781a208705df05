import { pathToFileURL } from 'node:url';
import type { RendererInfo } from '../renderer/protocol.ts';
import type { Renderer } from './driver.ts';

/** Every renderer of the image, in the order in which they are asked. Adding one is one line here. */
const RENDERERS: Readonly<Record<string, () => Promise<{ default: Renderer }>>> = {
  image: () => import('./image.ts'),
  svg: () => import('./svg.ts'),
  text: () => import('./text.ts'),
};

/** Loads the renderers; `extra` are module paths given by whoever starts the process, never by a job. */
export async function loadRenderers(extra: readonly string[] = []): Promise<readonly Renderer[]> {
  const modules = await Promise.all([
    ...extra.map((path) => import(pathToFileURL(path).href) as Promise<{ default: Renderer }>),
    ...Object.values(RENDERERS).map((load) => load()),
  ]);
  return modules.map((module) => module.default);
}

export function rendererFor(renderers: readonly Renderer[], mediaType: string): Renderer | undefined {
  return renderers.find((renderer) => renderer.mediaTypes.includes(mediaType));
}

export function describeRenderer({ name, version, formats }: Renderer): RendererInfo {
  return { name, version, formats };
}
