/** A process with a network of its own that leads nowhere, in which the kernel counts whatever is sent. Linux, as root. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

/** Put before a command. Loopback is up, so that a server of this machine would be asked and not only missed. */
export const IN_OWN_NETWORK: readonly string[] = [
  ...['unshare', '--net', '--'],
  ...['sh', '-c', 'ip link set lo up; exec "$@"', 'sh'],
];

/** The first half of addresses that are this machine's within IN_POD_NETWORK: EndpointSlices take them, which they do not of loopback. */
export const POD_RANGE = '10.128';
/** In that network, this machine itself. */
export const POD_NETWORK_HOST = `${POD_RANGE}.0.1`;

/** Put before a command: a network as IN_OWN_NETWORK, in which pods have addresses that Services lead to. */
export const IN_POD_NETWORK: readonly string[] = [
  ...['unshare', '--net', '--'],
  ...['sh', '-c', `ip link set lo up && ip address add ${POD_NETWORK_HOST}/16 dev lo && exec "$@"`, 'sh'],
];

export const isInPodNetwork = (): boolean =>
  networkInterfaces()['lo']?.some(({ address }) => address === POD_NETWORK_HOST) ?? false;

export function mayHaveOwnNetwork(): boolean {
  return process.platform === 'linux' && spawnSync('unshare', ['--net', '--', 'true']).status === 0;
}

/** Packets of IPv4 and IPv6 that left, and sends and connects that found no way: in the network of this process since it is there. */
export function attemptsOf(pid: number): number {
  const [names = [], values = []] = readFileSync(`/proc/${pid}/net/snmp`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Ip: '))
    .map((line) => line.split(' '));
  const four = (name: string) => Number(values[names.indexOf(name)]);
  const newer = readFileSync(`/proc/${pid}/net/snmp6`, 'utf8');
  const six = (name: string) => Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(newer)?.[1] ?? 0);
  return four('OutRequests') + four('OutNoRoutes') + six('Ip6OutRequests') + six('Ip6OutNoRoutes');
}

/** Connects from there, as proof that it is counted. */
export function connectFrom(pid: number): void {
  const code = "require('node:net').connect(9, '127.0.0.1').on('error', () => {})";
  spawnSync('nsenter', ['--target', String(pid), '--net', '--', process.execPath, '-e', code]);
}
