import { expect } from 'chai';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { workerPodOf } from '../../../operator/pool/worker-pod.ts';

const pod = (containers: readonly object[], changes: { phase?: string; ready?: boolean; metadata?: object } = {}) =>
  workerPodOf({
    metadata: { name: 'p', annotations: { 'previews.mobius.dev/template-hash': 'h' }, ...changes.metadata },
    status: {
      phase: changes.phase ?? 'Running',
      conditions: [{ type: 'Ready', status: changes.ready ? 'True' : 'False' }],
      containerStatuses: containers,
    },
  } as KubeObject);
const waiting = (reason: string, name = 'worker') => ({ name, image: 'x:1', state: { waiting: { reason } } });
const ended = (exitCode: number, more: object = {}) => ({
  name: 'renderer',
  image: 'x:1',
  restartCount: 1,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode, message: '' } },
  ...more,
});

describe('what a pod shows against its template', () => {
  it('an image that no node can get: at the first try it is said, then it counts', () => {
    expect(pod([waiting('ErrImagePull')]).failure).to.include({ reason: 'ImagePullFailed', isConclusive: false });
    for (const reason of ['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']) {
      expect(pod([waiting(reason)]).failure, reason).to.deep.equal({
        reason: 'ImagePullFailed',
        message: 'no node can get the image x:1',
        isConclusive: true,
      });
    }
  });

  it('a self-test that failed, in the words of its termination message, at the first exit', () => {
    const message = '{"error":"SelfTestFailed","passed":false,"reason":"renderer image: no libvips"}\n';
    const now = ended(78, { restartCount: 0, state: { terminated: { exitCode: 78, message } }, lastState: {} });
    expect(pod([now]).failure).to.deep.equal({
      reason: 'SelfTestFailed',
      message: 'the self-test failed: renderer image: no libvips',
      isConclusive: true,
    });
    expect(pod([ended(78)]).failure).to.include({ reason: 'SelfTestFailed' });
  });

  it('a scratch volume that is full or read-only is said, and is no evidence against the image however often', () => {
    const message = '{"error":"ScratchUnavailable","passed":false,"reason":"ENOSPC: no space left on device"}';
    const full = ended(75, { restartCount: 9, lastState: { terminated: { exitCode: 75, message } } });
    expect(pod([full]).failure).to.deep.equal({
      reason: 'ScratchUnavailable',
      message: 'the scratch volume can not be written: ENOSPC: no space left on device',
      isConclusive: false,
    });
  });

  it('crashes from the third restart on, also in the moment in which it runs', () => {
    expect(pod([ended(1, { restartCount: 2 })]).failure).to.equal(undefined);
    const running = ended(1, { restartCount: 3, state: { running: {} } });
    for (const container of [ended(1, { restartCount: 3 }), running]) {
      expect(pod([container]).failure).to.include({ reason: 'CrashLooping', isConclusive: true });
    }
  });

  it('nothing: a pod that is ready, evicted, on its way out, without room, or with a sidecar that fails', () => {
    const bad = ended(78, { restartCount: 9 });
    expect(pod([bad], { ready: true }).failure).to.equal(undefined);
    expect(pod([bad], { phase: 'Failed' }).failure).to.equal(undefined);
    expect(pod([bad], { metadata: { deletionTimestamp: '2030-01-01T00:00:00Z' } }).failure).to.equal(undefined);
    expect(pod([], { phase: 'Pending' }).failure).to.equal(undefined);
    expect(pod([{ ...bad, name: 'mesh' }, waiting('ImagePullBackOff', 'mesh')]).failure).to.equal(undefined);
    expect(pod([waiting('CreateContainerConfigError'), waiting('ContainerCreating')]).failure).to.equal(undefined);
  });

  it('when it was made and what it costs to delete it, where that is said', () => {
    const annotations = { 'controller.kubernetes.io/pod-deletion-cost': '7' };
    const creationTimestamp = '2030-01-01T00:00:00Z';
    expect(pod([], { metadata: { annotations, creationTimestamp } })).to.deep.include({ deletionCost: '7' });
    expect(pod([], { metadata: { creationTimestamp } }).metadata).to.include({ creationTimestamp });
    expect(pod([])).to.not.have.property('deletionCost');
  });

  it('the same words at each look, however many pods and restarts there are', () => {
    const message = 'line\nError: no such file';
    const end = (restartCount: number) =>
      pod([ended(1, { restartCount, lastState: { terminated: { exitCode: 1, message } } })]).failure?.message;
    expect(end(3)).to.equal('container renderer ends again and again, last with exit code 1: Error: no such file');
    expect(end(30)).to.equal(end(3));
  });
});
