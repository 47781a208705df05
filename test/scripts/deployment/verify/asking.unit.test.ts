/** What a server behind the API server's proxy may answer, which a real cluster can not be asked for. */
import { expect } from 'chai';
import { KubeError } from '../../../../operator/kube/errors.ts';
import { askPrometheus, prometheusAt } from '../../../../scripts/deployment/verify/prometheus.ts';
import { askWorkers } from '../../../../scripts/deployment/verify/worker-answers.ts';
import { type FakeServer, startFakeServer } from '../../../operator/kube/fake-server.ts';

const TARGET = { kind: 'pool', namespace: 'media', name: 'photos' } as const;
const POD = {
  metadata: { name: 'one' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

describe('what is asked through the API server', () => {
  let server: FakeServer;
  let answer: { code: number; text: string };
  let asked: string[];

  before(async () => {
    server = await startFakeServer((url, response) => {
      asked.push(url.pathname + url.search);
      response.writeHead(answer.code).end(answer.text);
    });
  });
  beforeEach(() => {
    asked = [];
  });
  after(() => server.stop());

  it('is answered with 503 by a worker that is not well, which is no failure of the API server', async () => {
    answer = { code: 503, text: '{"status":"unhealthy"}' };
    expect(await server.client.proxied('/x')).to.deep.equal(answer);
  });

  it('is refused by the API server in its own words', async () => {
    answer = { code: 503, text: '{"kind":"Status","reason":"ServiceUnavailable","message":"no route to host"}' };
    const error: unknown = await server.client.proxied('/x').catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(KubeError);
    expect((error as KubeError).message).to.equal('GET /x: no route to host (503)');
  });

  it('of a pod that is no worker: what it answers is told', async () => {
    answer = { code: 200, text: '<html>welcome</html>' };
    const [told] = await askWorkers(server.client, 'media', [POD]);
    expect(told?.problem?.message).to.equal(
      'it answers 200 <html>welcome</html> at /api/preview/worker/health, which is no health of a worker',
    );
    expect(asked).to.include('/api/v1/namespaces/media/pods/http:one:3000/proxy/api/preview/worker/health');
  });

  it('of a Prometheus named NAMESPACE/SERVICE:PORT: its Service', async () => {
    answer = { code: 200, text: '{"status":"success","data":{"result":[],"groups":[]}}' };
    const ask = prometheusAt('monitoring/prometheus-operated:9090', server.client);
    expect(await askPrometheus(ask, TARGET)).to.deep.equal({ scraped: [], rules: [] });
    const base = '/api/v1/namespaces/monitoring/services/http:prometheus-operated:9090/proxy/api/v1';
    expect(asked.map((path) => path.split('?')[0]).sort()).to.deep.equal([`${base}/query`, `${base}/rules`]);
  });

  it('of what is no Prometheus: what it answers is the problem; and what is no address is refused', async () => {
    answer = { code: 404, text: 'not here' };
    const ask = prometheusAt('monitoring/other:80', server.client);
    expect((await askPrometheus(ask, TARGET)).problem).to.equal('it answers 404 not here');
    for (const where of ['prometheus:9090', 'file:///x', 'a/b/c:1', ''])
      expect(() => prometheusAt(where, server.client), where).to.throw('neither an URL nor NAMESPACE/SERVICE:PORT');
  });
});
