/** One look at a container: resolves to undefined when it is well, else to what is wrong. */

import { connect } from 'node:net';
import type { V1Container, V1HTTPGetAction, V1Probe } from '@kubernetes/client-node';
import { request } from 'undici';
import type { Sandbox } from './sandbox.ts';

export interface ProbeTarget {
  readonly container: V1Container;
  readonly podIP: string;
  readonly sandbox: Pick<Sandbox, 'exec'>;
}

export async function probeOnce(
  probe: V1Probe,
  { container, podIP, sandbox }: ProbeTarget,
): Promise<string | undefined> {
  const timeoutSeconds = probe.timeoutSeconds ?? 1;
  if (probe.httpGet) return httpGet(probe.httpGet, portOf(container, probe.httpGet.port), podIP, timeoutSeconds);
  if (probe.tcpSocket) {
    return tcpSocket(probe.tcpSocket.host ?? podIP, portOf(container, probe.tcpSocket.port), timeoutSeconds);
  }
  if (probe.exec) {
    const code = await sandbox.exec(probe.exec.command ?? [], timeoutSeconds);
    return code === 0 ? undefined : `command ended with code ${code}`;
  }
  return 'the local node knows no probe of this kind';
}

async function httpGet(
  { host, scheme = 'HTTP', path = '/', httpHeaders = [] }: V1HTTPGetAction,
  port: number,
  podIP: string,
  timeoutSeconds: number,
): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(`${scheme.toLowerCase()}://${host ?? podIP}:${port}${path}`, {
      // A new connection each time: one that was kept may belong to a container that is gone.
      reset: true,
      headers: Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value])),
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    const text = await body.text();
    const well = statusCode >= 200 && statusCode < 400;
    return well ? undefined : `HTTP probe failed with statuscode: ${statusCode}: ${text.slice(0, 200)}`;
  } catch (error) {
    return `Get ${path} on port ${port}: ${(error as Error).message}`;
  }
}

function tcpSocket(host: string, port: number, timeoutSeconds: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const end = (problem?: string) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(timeoutSeconds * 1000, () => end(`dial tcp ${host}:${port}: no answer in ${timeoutSeconds} s`));
    socket.once('connect', () => end());
    socket.once('error', (error) => end(error.message));
  });
}

function portOf({ ports = [] }: V1Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return ports.find(({ name }) => name === port)?.containerPort ?? Number(port);
}
