/** How each reason that a job fails for looks. One that is not here fails to compile. */
import type { FailureReason } from '../../worker/failures.ts';
import type { Sight } from './sight.ts';

const HEALTH = 'kubectl -n NAMESPACE exec deploy/preview-POOL -c worker -- preview-worker health';
const fails = (sees: string, look?: string): Sight => ({
  ...{ symptom: 'jobs-fail', sees },
  ...(look === undefined ? {} : { look }),
});

export const FAILURE_SIGHTS: Readonly<Record<FailureReason, Sight>> = {
  InvalidPayload: fails('all jobs of one producer fail at once, since it was changed', 'preview-worker validate FILE'),
  UnsupportedMedia: fails('one kind of file fails, all others are rendered', `${HEALTH} --json`),
  SourceNotFound: fails('some fail, mostly those that waited long'),
  SourceForbidden: fails('all of one bucket, host or folder fail'),
  SourceChanged: fails('a file was stored anew between its job and its rendering'),
  SourceTooLarge: fails('the largest files fail, before anything is rendered'),
  LimitExceeded: fails('pictures of many pixels or documents of many pages fail'),
  TimedOut: fails('they fail after just as long as `perJob.timeoutSeconds` says'),
  OutOfMemory: fails('large files fail, and render slots are replaced'),
  DecodeFailed: fails('one file fails, each time, and programs of other makers refuse it too'),
  PasswordProtected: fails('single documents fail, for which a reader asks a password'),
  RendererCrashed: fails(
    'one file fails and a render slot is replaced; sent again it is answered at once, from quarantine',
  ),
  DestinationForbidden: fails('all that name a `destination` fail'),
  ShutdownTooShort: fails('long ones fail while nodes are drained, or workers rolled or scaled in'),
  NewerPayload: fails(
    'they are delayed again and again and never fail, since a producer was changed',
    'kubectl pwp jobs POOL --state delayed -n NAMESPACE',
  ),
  SinkUnavailable: fails('all fail after five tries, and SinkReady is False', HEALTH),
  ScratchUnavailable: fails(
    'those of workers on one node are tried again',
    'kubectl -n NAMESPACE describe pods --show-events -l previews.mobius.dev/pool=POOL',
  ),
  SourceUnavailable: fails('those of one host or bucket are tried again for a while'),
  RendererUnavailable: fails(
    'they start anew, with no attempt burnt, and the container renderer was restarted',
    'kubectl -n NAMESPACE get pods -l previews.mobius.dev/pool=POOL',
  ),
  Internal: fails(
    'single ones fail, for no reason that is known',
    'kubectl -n NAMESPACE logs deploy/preview-POOL -c worker',
  ),
};
