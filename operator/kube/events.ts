import { randomUUID } from 'node:crypto';
import type { KubeClient } from './client.ts';
import { type KubeObject, pathOf } from './object.ts';

const EVENTS = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
/** The server counts bytes. */
const NOTE_BYTES = 1024;

/** RFC 3339 with exactly six decimals: the API server takes nothing else for a MicroTime. */
export const microTime = (date: Date): string => date.toISOString().replace(/\.(\d{3})Z$/, '.$1000Z');

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly note: string;
}

/** Writes Events about objects. One that can not be written is told to `onProblem` and costs nothing else. */
export class EventRecorder {
  readonly #client: KubeClient;
  readonly #controller: string;
  readonly #instance: string;
  readonly #onProblem: (error: unknown) => void;

  constructor({
    client,
    controller,
    instance,
    onProblem,
  }: { client: KubeClient; controller: string; instance: string; onProblem: (error: unknown) => void }) {
    this.#client = client;
    this.#controller = controller;
    this.#instance = instance;
    this.#onProblem = onProblem;
  }

  async record(
    regarding: KubeObject & { readonly apiVersion: string; readonly kind: string },
    { type, reason, action, note }: EventText,
  ): Promise<void> {
    const { name, namespace = 'default', uid, resourceVersion } = regarding.metadata;
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${name.slice(0, 200).replace(/[^a-z0-9]+$/, '')}.${randomUUID()}`, namespace },
      eventTime: microTime(new Date()),
      reportingController: this.#controller,
      reportingInstance: this.#instance,
      regarding: { apiVersion: regarding.apiVersion, kind: regarding.kind, name, namespace, uid, resourceVersion },
      type,
      reason,
      action,
      note: cut(note),
    };
    await this.#client.create(pathOf(EVENTS, { namespace }), event).catch(this.#onProblem);
  }
}

/** `stream` leaves out a character that the cut goes through. */
const cut = (note: string): string =>
  new TextDecoder().decode(Buffer.from(note).subarray(0, NOTE_BYTES), { stream: true });
