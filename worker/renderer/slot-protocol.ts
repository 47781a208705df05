/** Between the supervisor and a slot's child, one JSON object a line, one task at a time. */
import type { FailureReason } from '../failures.ts';
import type { JobFolder, RenderRequest, SelfTestLevel } from './protocol.ts';

export type SlotTask =
  | { readonly type: 'identify'; readonly request: JobFolder }
  | { readonly type: 'render'; readonly request: RenderRequest }
  | { readonly type: 'self-test'; readonly level: SelfTestLevel; readonly folder: string };

export type SlotReply =
  | { readonly type: 'ready' }
  /** The task was read: from here on a death of the slot is the task's doing. */
  | { readonly type: 'started' }
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'failed'; readonly reason: FailureReason; readonly message: string };
