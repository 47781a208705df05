import { expect } from 'chai';
import { KubeError } from '../../../operator/kube/errors.ts';

const body = (status: object) => JSON.stringify({ kind: 'Status', ...status });

describe('a KubeError', () => {
  const cases: readonly [string, KubeError, Partial<KubeError>][] = [
    [
      'a conflict may succeed later',
      KubeError.fromBody('PATCH /x', 409, body({ reason: 'Conflict' })),
      { isConflict: true, isAlreadyExists: false, isTransient: true },
    ],
    [
      'a name already taken is no conflict',
      KubeError.fromBody('POST /x', 409, body({ reason: 'AlreadyExists' })),
      { isConflict: false, isAlreadyExists: true, isTransient: false },
    ],
    [
      'an invalid object never succeeds later',
      KubeError.fromBody('PATCH /x', 422, body({ reason: 'Invalid' })),
      { isInvalid: true, isTransient: false },
    ],
    [
      'a proxy’s page is no Status and yet transient',
      KubeError.fromBody('GET /x', 502, '<html>'),
      { status: 502, isTransient: true },
    ],
    [
      'a broken socket is transient',
      KubeError.fromSocket('GET /x', new Error('ECONNRESET')),
      { status: 0, isTransient: true },
    ],
    [
      'an expired version inside a watch is gone',
      KubeError.fromStatus('watch /x', { code: 410, reason: 'Expired' }),
      { isGone: true },
    ],
    [
      'the header’s Retry-After counts before the body’s',
      KubeError.fromBody('GET /x', 429, body({ details: { retryAfterSeconds: 1 } }), '7'),
      { retryAfterSeconds: 7, isTransient: true },
    ],
    [
      'an absurd Retry-After is cut to the longest back-off',
      KubeError.fromBody('GET /x', 429, '', '3000000'),
      { retryAfterSeconds: 1000 },
    ],
    [
      'a Retry-After that is a date is left out',
      KubeError.fromBody('GET /x', 503, '', 'Wed, 21 Oct 2026 07:28:00 GMT'),
      { retryAfterSeconds: undefined },
    ],
  ];
  for (const [title, error, expected] of cases)
    it(title, () => {
      for (const [field, value] of Object.entries(expected))
        expect(error[field as keyof KubeError], field).to.equal(value);
    });
});
