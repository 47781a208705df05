/** A container's environment: envFrom first, then env, in order; a later one may use the earlier by `$(NAME)`. */
import type { V1Container, V1EnvVar } from '@kubernetes/client-node';
import { expand } from './expand.ts';
import { fieldOf, type PodFacts, resourceOf } from './fields.ts';
import type { References } from './references.ts';

export interface EnvironmentOptions {
  readonly facts: PodFacts;
  readonly container: V1Container;
  readonly references: Pick<References, 'values'>;
  readonly allocatable: Readonly<Record<string, string>>;
  /** Where the API server listens. */
  readonly server: string;
}

/** Rejects when something that it names is absent and not optional. */
export async function resolveEnvironment(options: EnvironmentOptions): Promise<Record<string, string>> {
  const { facts, container, references, server } = options;
  const { namespace, name } = facts.pod.metadata;
  const { hostname, port } = new URL(server);
  const env: Record<string, string> = {
    HOSTNAME: name,
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    KUBERNETES_SERVICE_PORT_HTTPS: port,
  };
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const kind = secretRef ? 'Secret' : 'ConfigMap';
    const from = secretRef ?? configMapRef;
    const values = await references.values(kind, namespace, from?.name ?? '', from?.optional);
    for (const [key, value] of Object.entries(values ?? {})) env[`${prefix}${key}`] = value.toString();
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom ? await valueFrom(variable.valueFrom, options) : expand(variable.value ?? '', env);
    if (value !== undefined) env[variable.name] = value;
  }
  return env;
}

async function valueFrom(
  { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef }: NonNullable<V1EnvVar['valueFrom']>,
  { facts, container, references, allocatable }: EnvironmentOptions,
): Promise<string | undefined> {
  if (fieldRef) return fieldOf(facts, fieldRef.fieldPath);
  if (resourceFieldRef) return resourceOf(container, resourceFieldRef, allocatable);
  const from = secretKeyRef ?? configMapKeyRef;
  if (!from) throw new Error('an env value comes from something that the local node does not know');
  const kind = secretKeyRef ? 'Secret' : 'ConfigMap';
  const { name = '', key, optional } = from;
  const values = await references.values(kind, facts.pod.metadata.namespace, name, optional);
  const value = values?.[key];
  if (value === undefined && !optional) throw new Error(`couldn't find key ${key} in ${kind} ${name}`);
  return value?.toString();
}
