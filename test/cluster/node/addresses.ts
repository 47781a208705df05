import { randomInt } from 'node:crypto';
import { isInPodNetwork, POD_RANGE } from '../../faults/own-network.ts';
import { ownPart } from '../lane.ts';

/** Of loopback, but where Services may lead to pods. */
export const RANGE = isInPodNetwork() ? POD_RANGE : '127.10';

/** Addresses of RANGE.0.0/16. Drawn by chance, so that two clusters on one machine hardly meet; never one twice at a time. */
const held = new Set<string>();

export function takeAddress(): string {
  for (;;) {
    // What ends in 0.1 is the network's own.
    const address = `${RANGE}.${randomInt(...ownPart(0, 256))}.${randomInt(2, 255)}`;
    if (held.has(address)) continue;
    held.add(address);
    return address;
  }
}

export function returnAddress(address: string): void {
  held.delete(address);
}
