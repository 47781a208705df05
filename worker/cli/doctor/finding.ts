/** What a look found: one object for programs, a few lines for people. `kubectl pwp doctor` speaks the same way. */

import type { Part } from '../../part.ts';
import { harmless } from '../tell.ts';
import type { Finding } from './report.generated.ts';

/** `entry`: of the guide, a reason or a symptom's id. */
interface Told {
  readonly message: string;
  readonly remedy: string;
  readonly entry: string;
}

export const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message });

const told =
  (status: Finding['status']) =>
  (check: string, { message, remedy, entry }: Told): Finding => ({
    ...{ check, status, message, remedy },
    guide: `docs/troubleshooting.md#${entry.toLowerCase()}`,
  });
export const failed = told('failed');
export const warning = told('warning');

/** Of a part of a worker's health. */
export const ofPart = (check: string, { ok: isWell, reason = '', remedy = '' }: Part, entry: string): Finding =>
  isWell ? ok(check, 'ok') : failed(check, { message: reason, remedy, entry });

export const isWell = ({ status }: Finding): boolean => status === 'ok';

const MARKS = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ', skipped: 'skipped' } as const;
const INDENT = ' '.repeat(22);

export const findingText = ({ check, status, message, remedy, guide }: Finding): string =>
  [
    `${MARKS[status]} ${check.padEnd(13)} ${harmless(message)}`,
    ...(remedy === undefined ? [] : [`${INDENT}to do: ${harmless(remedy)}`]),
    ...(guide === undefined ? [] : [`${INDENT}see:   ${guide}`]),
  ].join('\n');
