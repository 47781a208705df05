const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity as a number of its unit (bytes, cores); NaN for what is none. */
export function quantityOf(text: string | number): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(String(text));
  return match ? Number(match[1]) * (SUFFIXES[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
}

/** Whole bytes, rounded up. */
export const bytesOf = (text: string | number): number => Math.ceil(quantityOf(text));
