/** References to container images, by the grammar of the distribution project. */
export interface ImageReference {
  /** With registry and path, as it was written. */
  readonly name: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

const HOST = String.raw`(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::[0-9]+)?`;
const COMPONENT = String.raw`[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*`;
const NAME = `(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = 'sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}';
const MAX_NAME = 255;

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const REFERENCE = new RegExp(`^(?<name>${NAME})(?::(?<tag>${TAG}))?(?:@(?<digest>${DIGEST}))?$`);

/** Undefined for what is no reference. */
export function parseReference(text: string): ImageReference | undefined {
  const { name = '', tag, digest } = REFERENCE.exec(text)?.groups ?? {};
  return name === '' || name.length > MAX_NAME ? undefined : { name, tag, digest };
}

export const referenceText = ({ name, tag, digest }: ImageReference): string =>
  `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;

export const isTag = (text: string): boolean => whole(TAG).test(text);
export const isDigest = (text: string): boolean => whole(DIGEST).test(text);
export const isName = (text: string): boolean => whole(NAME).test(text) && text.length <= MAX_NAME;

/** What an image becomes: its name stays where none is given. One of tag and digest is always there. */
export type ImageChange = Partial<ImageReference>;

/** Throws what is wrong with them and how it is written right. */
export function imageChangeOf({
  image,
  tag,
  digest,
}: {
  readonly image?: string;
  readonly tag?: string;
  readonly digest?: string;
}): ImageChange {
  if (image !== undefined) {
    if (tag !== undefined || digest !== undefined)
      throw new Error('--image is a whole reference and takes the place of --tag and --digest: give one or the other');
    const reference = parseReference(image);
    if (reference === undefined)
      throw new Error(`--image '${image}' is no reference: write it as registry.example.com/team/name:tag`);
    if (reference.tag === undefined && reference.digest === undefined)
      throw new Error(`--image '${image}' names neither tag nor digest, and means another image each day: add one`);
    return reference;
  }
  if (tag === undefined && digest === undefined)
    throw new Error('say what the image becomes: --tag 1.2.0, --digest sha256:…, or a whole reference by --image');
  if (tag !== undefined && !isTag(tag))
    throw new Error(`--tag '${tag}' is no tag: letters, digits, _ . and - make one, at most 128`);
  if (digest !== undefined && !isDigest(digest))
    throw new Error(`--digest '${digest}' is no digest: it is sha256: and 64 hexadecimal digits in small letters`);
  return { tag, digest };
}

/** A tag that stayed beside a new digest would tell a version that does not run, so what is not given goes. */
export const changed = ({ name }: ImageReference, change: ImageChange): ImageReference => ({ name, ...change });

/** Whether `name` is the image `wanted`: by its last component alone when `wanted` has but one. */
export const isImage = (name: string, wanted: string): boolean =>
  wanted.includes('/') ? name === wanted : name.split('/').at(-1) === wanted;
