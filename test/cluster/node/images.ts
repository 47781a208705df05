/** What stands for a container image: a command of this machine. */
export interface Image {
  /** The entrypoint; a container's `args` are put behind it, its `command` in its place. */
  readonly command: readonly string[];
  /** Bound read-only at /app, the working directory; its node_modules/.bin comes first on PATH. */
  readonly appFolder?: string;
}

export type Images = Readonly<Record<string, Image>>;

/** The image of this very name, else of the name without its tag and digest. */
export function findImage(images: Images, reference: string): Image | undefined {
  return images[reference] ?? images[withoutTag(reference)];
}

/** A colon before the last slash is a registry's port. */
function withoutTag(reference: string): string {
  const name = reference.replace(/@.*$/, '');
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}
