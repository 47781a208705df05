import { randomUUID } from 'node:crypto';
import type { KubeClient } from './client.ts';
import { type KubeObject, pathOf } from './object.ts';

const EVENTS = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
const NOTE_LIMIT = 1024;

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
      metadata: { name: `${name.slice(0, 200)}.${randomUUID()}`, namespace },
      eventTime: microTime(new Date()),
      reportingController: this.#controller,
      reportingInstance: this.#instance,
      regarding: { apiVersion: regarding.apiVersion, kind: regarding.kind, name, namespace, uid, resourceVersion },
      type,
      reason,
      action,
      note: note.slice(0, NOTE_LIMIT),
    };
    await this.#client.create(pathOf(EVENTS, { namespace }), event).catch(this.#onProblem);
  }
}
