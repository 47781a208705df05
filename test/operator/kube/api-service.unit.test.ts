import { expect } from 'chai';
import { type ApiService, ApiServiceLooks } from '../../../operator/kube/api-service.ts';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import { isAvailable, isKedas } from '../../../operator/scaling/metrics-owner.ts';
import { eventually } from '../../cluster/eventually.ts';

const named = (name: string): ApiService => ({ metadata: { name: 'a' }, spec: { service: { name } } });
const available = (status: string): ApiService => ({
  metadata: { name: 'a' },
  status: { conditions: [{ type: 'Available', status }] },
});
const error = (code: number) => KubeError.fromStatus('GET', { code, message: 'refused' });

describe('an APIService that is looked at', () => {
  it('tells whose it is and whether it is available, also where there is none', () => {
    expect(
      ['keda-metrics-apiserver', 'my-keda', 'kedarling', 'adapter'].map((name) => isKedas(named(name))),
    ).to.deep.equal([true, true, false, false]);
    expect([available('True'), available('False'), named('a'), undefined].map(isAvailable)).to.deep.equal([
      ...[true, false, false, false],
    ]);
  });

  it('tells of changes, keeps the last answer while there is no other, and tells of one problem once', async () => {
    const answers = [available('True'), error(403), error(403), error(404), available('True')];
    const [told, problems]: [boolean[], string[]] = [[], []];
    const client = {
      get: async () => {
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof KubeError) throw answer;
        return answer;
      },
    } as unknown as Pick<KubeClient, 'get'>;
    const looks = new ApiServiceLooks({
      ...{ client, name: 'a', read: isAvailable, everySeconds: 0.005 },
      onChange: (now) => told.push(now),
      onProblem: ({ message }) => problems.push(message),
    });
    expect(looks.known).to.equal(undefined);
    await looks.start();
    expect(looks.known).to.equal(true);
    await eventually('it went and came back', async () => told.length === 2);
    await looks.stop();
    expect([told, problems]).to.deep.equal([[false, true], ['GET: refused (403)']]);
  });
});
