/** A transparent TCP proxy on loopback whose connections can each be held, made deaf, slowed and cut. */
import { createConnection, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `pass`: as if nothing were between. `hold`: nothing gets through until it passes again, as in a partition. `swallow`:
 * what is sent is lost, its end too, as where a firewall has forgotten the connection. `refuse`: cut at once.
 */
export type Treatment = 'pass' | 'hold' | 'swallow' | 'refuse';

export interface ProxiedConnection {
  /** Whether the client has sent this text, in whatever case. */
  said(text: string): boolean;
  treat(treatment: Treatment): void;
}

export interface TcpProxy {
  readonly port: number;
  /** Those that are open at one of their ends, oldest first. */
  connections(): readonly ProxiedConnection[];
  /** What becomes of connections that are still to come. */
  treatNew(treatment: Treatment): void;
  treatAll(treatment: Treatment): void;
  /** Before each piece of data, in each direction. */
  delay(milliseconds: number): void;
  /** Where connections that are still to come lead to. */
  retarget(port: number): void;
  stop(): Promise<void>;
}

const REMEMBERED = 1 << 16;

export async function startTcpProxy(options: { readonly target: number }): Promise<TcpProxy> {
  let { target } = options;
  let fresh: Treatment = 'pass';
  let pause = 0;
  const open = new Set<Connection>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = createConnection({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const connection = new Connection(client, upstream, () => pause);
    open.add(connection);
    connection.closed.then(() => open.delete(connection));
    connection.treat(fresh);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    connections: () => [...open],
    treatNew: (treatment) => {
      fresh = treatment;
    },
    treatAll: (treatment) => {
      fresh = treatment;
      for (const connection of open) connection.treat(treatment);
    },
    delay: (milliseconds) => {
      pause = milliseconds;
    },
    retarget: (port) => {
      target = port;
    },
    async stop() {
      for (const connection of open) connection.treat('refuse');
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class Connection implements ProxiedConnection {
  readonly closed: Promise<unknown>;
  readonly #ends: readonly [client: Socket, upstream: Socket];
  readonly #held: (() => void)[] = [];
  #treatment: Treatment = 'pass';
  #heard = '';

  constructor(client: Socket, upstream: Socket, pause: () => number) {
    this.#ends = [client, upstream];
    this.closed = Promise.all(this.#ends.map((end) => new Promise((resolve) => end.once('close', resolve))));
    client.on('data', (data) => {
      this.#heard = (this.#heard + data.toString('latin1').toLowerCase()).slice(-REMEMBERED);
    });
    this.#pipe(client, upstream, pause);
    this.#pipe(upstream, client, pause);
  }

  said(text: string): boolean {
    return this.#heard.includes(text.toLowerCase());
  }

  treat(treatment: Treatment): void {
    this.#treatment = treatment;
    if (treatment === 'pass') for (const step of this.#held.splice(0)) step();
    if (treatment === 'refuse') for (const end of this.#ends) end.destroy();
  }

  #pipe(from: Socket, to: Socket, pause: () => number): void {
    // One after the other, so that a delay changes no order.
    let last = Promise.resolve();
    const pass = (step: () => void) => {
      last = last.then(async () => {
        if (pause() > 0) await sleep(pause());
        if (this.#treatment === 'hold') this.#held.push(step);
        else if (this.#treatment === 'pass') step();
      });
    };
    from.on('data', (data) => pass(() => to.write(data)));
    from.on('end', () => pass(() => to.end()));
    from.on('close', () => pass(() => to.destroy()));
    from.on('error', () => {});
  }
}
