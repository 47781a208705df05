/** The files that a volume of kind configMap, secret, downwardAPI or projected shows now. */
import type { V1KeyToPath, V1Volume, V1VolumeProjection } from '@kubernetes/client-node';
import { fieldOf, type PodFacts } from './fields.ts';
import type { File, Payload } from './payload.ts';
import type { References } from './references.ts';

export interface SourceOptions {
  readonly facts: PodFacts;
  readonly references: Pick<References, 'values'>;
  /** A token for the pod's ServiceAccount. */
  readonly token: (audience: string | undefined, seconds: number) => Promise<string>;
}

const DEFAULT_MODE = 0o644;

/** Undefined for a volume of another kind. */
export async function payloadOf(volume: V1Volume, options: SourceOptions): Promise<Payload | undefined> {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap) return projection({ configMap }, configMap.defaultMode, options);
  if (secret) {
    const { secretName = '', items, optional = false } = secret;
    return projection(
      { secret: { name: secretName, ...(items ? { items } : {}), optional } },
      secret.defaultMode,
      options,
    );
  }
  if (downwardAPI) return projection({ downwardAPI }, downwardAPI.defaultMode, options);
  if (!projected) return undefined;
  const parts: Payload[] = [];
  for (const source of projected.sources ?? []) parts.push(await projection(source, projected.defaultMode, options));
  return Object.assign({}, ...parts) as Payload;
}

async function projection(
  { configMap, secret, downwardAPI, serviceAccountToken }: V1VolumeProjection,
  mode = DEFAULT_MODE,
  { facts, references, token }: SourceOptions,
): Promise<Payload> {
  if (serviceAccountToken) {
    const { audience, expirationSeconds = 3600, path } = serviceAccountToken;
    return { [path]: { content: Buffer.from(await token(audience, expirationSeconds)), mode } };
  }
  if (downwardAPI) {
    return Object.fromEntries(
      (downwardAPI.items ?? []).map((item): [string, File] => [
        item.path,
        { content: Buffer.from(fieldOf(facts, item.fieldRef?.fieldPath ?? '')), mode: item.mode ?? mode },
      ]),
    );
  }
  const from = secret ?? configMap;
  if (!from) throw new Error('a volume has a source that the local node does not know');
  const kind = secret ? 'Secret' : 'ConfigMap';
  const values = await references.values(kind, facts.pod.metadata.namespace, from.name ?? '', from.optional);
  return pick(values ?? {}, from.items, mode, `${kind.toLowerCase()} ${from.name}`, from.optional);
}

function pick(
  values: Readonly<Record<string, Buffer>>,
  items: readonly V1KeyToPath[] | undefined,
  mode: number,
  where: string,
  optional = false,
): Payload {
  const wanted = items ?? Object.keys(values).map((key): V1KeyToPath => ({ key, path: key }));
  return Object.fromEntries(
    wanted.flatMap(({ key, path, mode: own }): [string, File][] => {
      const content = values[key];
      if (content) return [[path, { content, mode: own ?? mode }]];
      if (optional) return [];
      throw new Error(`${where} references non-existent config key: ${key}`);
    }),
  );
}
