import { connect, createServer, type Socket } from 'node:net';

/** A line to a server on loopback on which one command can be kept back: what two clients do then has a known order. */
export interface HeldLine {
  readonly port: number;
  /** The next piece that holds `text`, and whatever its connection sends after it, stays here. */
  hold(text: string): void;
  readonly held: boolean;
  release(): void;
  stop(): Promise<void>;
}

export async function startHeldLine(port: number): Promise<HeldLine> {
  const lines = new Map<Socket, Socket>();
  let wanted: string | undefined;
  let kept: { readonly from: Socket; readonly pieces: Buffer[] } | undefined;
  const front = createServer((from) => {
    const to = connect(port, '127.0.0.1');
    lines.set(from, to);
    to.pipe(from);
    for (const end of [from, to])
      end.on('error', () => end.destroy()).on('close', () => [from, to].map((one) => one.destroy()));
    from.on('data', (piece) => {
      if (kept === undefined && wanted !== undefined && piece.includes(wanted)) kept = { from, pieces: [] };
      if (kept?.from === from) kept.pieces.push(piece);
      else to.write(piece);
    });
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  return {
    port: address.port,
    hold: (text) => {
      wanted = text;
    },
    get held() {
      return kept !== undefined;
    },
    release: () => {
      if (kept !== undefined) lines.get(kept.from)?.write(Buffer.concat(kept.pieces));
      kept = wanted = undefined;
    },
    stop: async () => {
      for (const from of lines.keys()) from.destroy();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}
