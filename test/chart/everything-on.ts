import { EVERY_VALUE } from './every-value.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return other;
  const added = Object.entries(other).map(([key, value]) => [key, key in one ? merged(one[key], value) : value]);
  return { ...one, ...Object.fromEntries(added) };
}

/** Of every value the one that its case has, but for those that take something out of the release. */
export const EVERYTHING_ON = Object.entries(EVERY_VALUE)
  .filter(
    ([name]) => !/^(watchNamespaces|crds|externalMetrics|queueApi|replicas|rbac|serviceAccount\.create)/.test(name),
  )
  .map(([, { values }]) => values as unknown)
  .reduce(merged, { replicas: 3 }) as object;
