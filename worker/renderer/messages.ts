/** Messages read as hostile input: each parser returns a value of the protocol's type or throws. */
import { basename } from 'node:path';
import { FAILURES, type FailureReason } from '../failures.ts';
import { outputFile } from './output-file.ts';
import type {
  Capabilities,
  Identity,
  JobFolder,
  RenderedFile,
  RendererInfo,
  RendererMessage,
  RenderRequest,
  RenderResult,
  SelfTest,
  WorkerMessage,
} from './protocol.ts';
import type { SlotTask } from './slot-protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

const CAUSES = ['crash', 'memory', 'timeout', 'cancel', 'recycle'] as const;

/** What the worker asks. The renderer trusts its values (limits, sizes) and checks only the envelope and the paths. */
export function parseWorkerMessage(value: unknown): WorkerMessage {
  const message = object(value, 'message');
  const id = integer(message['id'], 'id');
  if (message['type'] === 'cancel' || message['type'] === 'self-test') return { type: message['type'], id };
  const request = object(message['request'], 'request');
  plainFileName(request['source'], 'request.source');
  text(request['folder'], 'request.folder');
  for (const [name, limit] of Object.entries(object(request['limits'], 'request.limits'))) {
    number(limit, `request.limits.${name}`);
  }
  if (message['type'] === 'identify') return { type: 'identify', id, request: request as unknown as JobFolder };
  if (message['type'] === 'render') {
    for (const output of list(request['outputs'], 'request.outputs')) {
      plainFileName(object(output, 'request.outputs')['name'], 'request.outputs.name');
    }
    return { type: 'render', id, request: request as unknown as RenderRequest };
  }
  throw new TypeError('type is none of identify, render, self-test, cancel');
}

/** What the renderer says, every field checked and copied: nothing it adds reaches the worker. */
export function parseRendererMessage(value: unknown): RendererMessage {
  const message = object(value, 'message');
  switch (message['type']) {
    case 'ready':
      return { type: 'ready', capabilities: capabilities(message['capabilities']) };
    case 'slot-restarted': {
      const cause = CAUSES.find((known) => known === message['cause']);
      if (cause === undefined) throw new TypeError('cause is unknown');
      return { type: 'slot-restarted', cause };
    }
    case 'identified':
      return { type: 'identified', id: integer(message['id'], 'id'), identity: identity(message['identity']) };
    case 'rendered':
      return { type: 'rendered', id: integer(message['id'], 'id'), result: renderResult(message['result']) };
    case 'tested':
      return { type: 'tested', id: integer(message['id'], 'id'), selfTest: selfTest(message['selfTest']) };
    case 'failed':
      return { type: 'failed', id: integer(message['id'], 'id'), ...parseFailure(message) };
    default:
      throw new TypeError('type is unknown');
  }
}

/** A bare file name: no separator, not `.` or `..`, no control character. */
export function plainFileName(value: unknown, where: string): string {
  const name = text(value, where);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (name === '' || name.startsWith('.') || name.length > 255 || basename(name) !== name || /[\0-\x1f\\]/.test(name)) {
    throw new TypeError(`${where} is not a plain file name`);
  }
  return name;
}

/**
 * What a slot gave as the value of its task. A slot that was taken over may say anything, and the worker hangs up on a
 * renderer that passes it on: that would fail every other job too.
 */
export function parseAnswer(task: SlotTask, value: unknown): unknown {
  if (task.type === 'identify') return identity(value);
  if (task.type === 'self-test') return capabilities({ ...object(value, 'capabilities'), slots: 0 });
  const result = renderResult(value);
  requireOutputs(task.request, result);
  return result;
}

/** Throws unless the outputs are those of the request, in their order; a file of another name could pass for a manifest. */
export function requireOutputs(request: RenderRequest, { outputs }: RenderResult): void {
  const told = outputs.map(({ name, file, mediaType }) => [name, file, mediaType].join());
  const asked = request.outputs.map((output) => {
    const { file, mediaType } = outputFile(output);
    return [output.name, file, mediaType].join();
  });
  if (told.length !== asked.length || told.some((one, at) => one !== asked[at])) {
    throw new TypeError('outputs are not those that were asked for');
  }
}

/** What a failed task was told to have failed with. */
export function parseFailure(value: unknown): { readonly reason: FailureReason; readonly message: string } {
  const { reason, message } = object(value, 'failure');
  return { reason: failureReason(reason), message: text(message, 'message').slice(0, 1000) };
}

function capabilities(value: unknown): Capabilities {
  const told = object(value, 'capabilities');
  return {
    slots: integer(told['slots'], 'slots'),
    renderers: list(told['renderers'], 'renderers').map(rendererInfo),
    selfTest: selfTest(told['selfTest']),
  };
}

function selfTest(value: unknown): SelfTest {
  const { passed, milliseconds, reason } = object(value, 'selfTest');
  return {
    passed: passed === true,
    milliseconds: number(milliseconds, 'milliseconds'),
    ...(reason === undefined ? {} : { reason: text(reason, 'reason').slice(0, 1000) }),
  };
}

function rendererInfo(value: unknown): RendererInfo {
  const { name, version, formats } = object(value, 'renderer');
  return {
    ...rendererName({ name, version }),
    formats: list(formats, 'formats').map((format) => label(format, 'format')),
  };
}

function rendererName(value: unknown): { name: string; version: string } {
  const { name, version } = object(value, 'renderer');
  return { name: label(name, 'renderer.name'), version: label(version, 'renderer.version') };
}

function identity(value: unknown): Identity {
  const { mediaType, renderer } = object(value, 'identity');
  return { mediaType: label(mediaType, 'mediaType'), renderer: rendererName(renderer) };
}

function renderResult(value: unknown): RenderResult {
  const result = object(value, 'result');
  const source = object(result['source'], 'source');
  const timings = Object.entries(object(result['timings'], 'timings')).slice(0, 16);
  return {
    source: {
      mediaType: label(source['mediaType'], 'mediaType'),
      width: integer(source['width'], 'width'),
      height: integer(source['height'], 'height'),
      ...(source['pages'] === undefined ? {} : { pages: integer(source['pages'], 'pages') }),
      ...(source['frames'] === undefined ? {} : { frames: integer(source['frames'], 'frames') }),
      ...(typeof source['alpha'] === 'boolean' ? { alpha: source['alpha'] } : {}),
      ...(source['durationSeconds'] === undefined
        ? {}
        : { durationSeconds: number(source['durationSeconds'], 'durationSeconds') }),
    },
    renderer: rendererName(result['renderer']),
    outputs: list(result['outputs'], 'outputs').map(renderedFile),
    ...(result['placeholder'] === undefined ? {} : { placeholder: placeholder(result['placeholder']) }),
    timings: Object.fromEntries(timings.map(([stage, took]) => [label(stage, 'stage'), number(took, 'timing')])),
  };
}

function renderedFile(value: unknown): RenderedFile {
  const output = object(value, 'output');
  return {
    name: plainFileName(output['name'], 'output.name'),
    file: plainFileName(output['file'], 'output.file'),
    mediaType: label(output['mediaType'], 'output.mediaType'),
    width: integer(output['width'], 'output.width'),
    height: integer(output['height'], 'output.height'),
    bytes: integer(output['bytes'], 'output.bytes'),
  };
}

function placeholder(value: unknown): NonNullable<RenderResult['placeholder']> {
  const { thumbhash, blurhash } = object(value, 'placeholder');
  return {
    ...(thumbhash === undefined ? {} : { thumbhash: hash(thumbhash, 'thumbhash') }),
    ...(blurhash === undefined ? {} : { blurhash: hash(blurhash, 'blurhash') }),
  };
}

/** Base64 or base83, which has most of ASCII's punctuation. */
function hash(value: unknown, where: string): string {
  const plain = text(value, where);
  if (!/^[\x21-\x7e]{1,64}$/.test(plain)) throw new TypeError(`${where} is not a short hash`);
  return plain;
}

function failureReason(value: unknown): FailureReason {
  if (typeof value !== 'string' || !Object.hasOwn(FAILURES, value)) throw new TypeError('reason is unknown');
  return value as FailureReason;
}

function object(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${where} is not an object`);
  }
  return value as Fields;
}

function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length > 1000) throw new TypeError(`${where} is not a list of at most 1000`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new TypeError(`${where} is not a string`);
  return value;
}

/** Short text that may become a label value or a log field. */
function label(value: unknown, where: string): string {
  const plain = text(value, where);
  if (!/^[\w.+/ -]{1,128}$/.test(plain)) throw new TypeError(`${where} is not a short plain text`);
  return plain;
}

function number(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new TypeError(`${where} is not a number of at least 0`);
  }
  return value;
}

function integer(value: unknown, where: string): number {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${where} is not an integer`);
  return number(value, where);
}
