import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { ownPart } from './lane.ts';

/**
 * Below what systems take the ports of outgoing connections from (32768 on Linux, 49152 elsewhere): such a connection would
 * take a port between our look and its use.
 */
const [FIRST, END] = ownPart(15_000, 32_000);
/** Given out before: whoever asked may be about to listen. */
const given = new Set<number>();

/** Distinct TCP ports of 127.0.0.1 that were free a moment ago; none comes twice in a process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    if (given.size === END - FIRST) throw new Error(`no port is left between ${FIRST} and ${END}`);
    const port = randomInt(FIRST, END);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
