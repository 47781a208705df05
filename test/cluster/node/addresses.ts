/** Addresses of 127.10.0.0/16. Drawn by chance, so that two clusters on one machine hardly meet; never one twice at a time. */
const held = new Set<string>();

export function takeAddress(): string {
  for (;;) {
    const address = `127.10.${Math.floor(Math.random() * 256)}.${1 + Math.floor(Math.random() * 254)}`;
    if (held.has(address)) continue;
    held.add(address);
    return address;
  }
}

export function returnAddress(address: string): void {
  held.delete(address);
}
