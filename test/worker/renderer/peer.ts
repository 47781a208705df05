import { createServer, connect as dial, type Socket } from 'node:net';

/** One raw end of the socket between worker and renderer: says anything, hears lines. */
export class Peer {
  readonly heard: string[] = [];
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #rest = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = lines.pop() ?? '';
      this.heard.push(...lines);
    });
  }

  say(...messages: readonly (object | string | Buffer)[]): void {
    const parts = messages.map((message) =>
      typeof message === 'object' && !Buffer.isBuffer(message) ? `${JSON.stringify(message)}\n` : message,
    );
    this.#socket.write(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  }

  /** What was heard of one type, parsed. */
  messages(type: string): Record<string, unknown>[] {
    return this.heard
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((told) => told['type'] === type);
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  end(): void {
    this.#socket.end();
  }

  get open(): boolean {
    return !this.#socket.destroyed;
  }
}

/** Rejects while nobody listens. */
export function call(socketPath: string): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const socket = dial(socketPath);
    socket.once('error', reject).once('connect', () => resolve(new Peer(socket)));
  });
}

/** A server in a renderer's place; `greet` is called for each that connects. */
export async function impostor(socketPath: string, greet: (peer: Peer) => void): Promise<{ close(): Promise<void> }> {
  const peers: Peer[] = [];
  const server = createServer((socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    greet(peer);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    close: async () => {
      for (const peer of peers) peer.hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
