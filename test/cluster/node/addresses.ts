import { randomInt } from 'node:crypto';
import { ownPart } from '../lane.ts';

/** Addresses of 127.10.0.0/16. Drawn by chance, so that two clusters on one machine hardly meet; never one twice at a time. */
const held = new Set<string>();

export function takeAddress(): string {
  for (;;) {
    const address = `127.10.${randomInt(...ownPart(0, 256))}.${randomInt(1, 255)}`;
    if (held.has(address)) continue;
    held.add(address);
    return address;
  }
}

export function returnAddress(address: string): void {
  held.delete(address);
}
