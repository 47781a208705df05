/** Operators that start, follow, are old, or are none at all; one that is well is asked on a real cluster. */
import { expect } from 'chai';
import { askAt, askThroughTheCluster } from '../../../../operator/cli/explain/ask-operator.ts';
import { type FakeServer, startFakeServer } from '../../kube/fake-server.ts';
import { answerOf } from './situations.ts';

type Answer = readonly [status: number, body: unknown];

const OPERATORS = '/api/v1/namespaces/ns/pods';
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/ns/leases/preview-worker-operator';
const pod = (name: string, phase = 'Running') => ({
  metadata: { name },
  spec: { containers: [{ ports: [{ name: 'http', containerPort: 8081 }] }] },
  status: { phase },
});
const GOOD: Answer = [200, answerOf()];
const says = (status: number, reason: string): Answer => [status, { code: status, reason, message: `so ${reason}` }];
const forbidden: Answer = [403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'pods is forbidden' }];

describe('to ask the operator', () => {
  let server: FakeServer | undefined;
  let asked: string[] = [];
  afterEach(() => server?.stop());

  /** `answers` by the pod's name. */
  const cluster = async (answers: Readonly<Record<string, Answer>>, others: Readonly<Record<string, Answer>> = {}) => {
    asked = [];
    const lists: Readonly<Record<string, Answer>> = {
      [OPERATORS]: [200, { metadata: {}, items: Object.keys(answers).map((name) => pod(name)) }],
      [LEASE]: [200, { spec: { holderIdentity: 'second_1234' } }],
      ...others,
    };
    server = await startFakeServer(({ pathname }, response) => {
      const [, name = ''] =
        /^\/api\/v1\/namespaces\/ns\/pods\/http:(\w+):8081\/proxy\/scaling\/a\/b$/.exec(pathname) ?? [];
      if (name) asked.push(name);
      const [status, body] = lists[pathname] ?? answers[name] ?? [500, `not expected: ${pathname}`];
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    return askThroughTheCluster(server.client, { namespace: 'ns', pool: 'a/b' }).then(
      (answer) => answer.instance,
      (error: Error) => error.message,
    );
  };

  it('asks the one that holds the Lease first, and no other when it knows', async () => {
    expect(await cluster({ first: GOOD, second: GOOD })).to.equal('operator-1');
    expect(asked).to.deep.equal(['second']);
  });

  it('asks in turn where the Lease is not to be read or not there', async () => {
    for (const lease of [forbidden, says(404, 'NotFound')]) {
      expect(await cluster({ first: says(503, 'NotLeading'), second: GOOD }, { [LEASE]: lease })).to.equal(
        'operator-1',
      );
      expect(asked).to.deep.equal(['first', 'second']);
      await server?.stop();
    }
  });

  for (const away of [says(503, 'NotSynced'), says(404, 'NotFound'), says(503, 'ServiceUnavailable'), [502, '<html>']])
    it(`asks the next one after ${JSON.stringify(away)}`, async () => {
      expect(await cluster({ first: GOOD, second: away as Answer })).to.equal('operator-1');
      expect(asked).to.deep.equal(['second', 'first']);
    });

  for (const [answer, said] of [
    [says(404, 'NoSuchPool'), /^the operator \(second\) says: .*so NoSuchPool/],
    [says(503, 'NotLeading'), /^the operator \(second\) says: .*so NotLeading/],
    [[404, '<pre>Cannot GET /scaling/a/b</pre>'], /\(second\) can not tell: it is older than this command/],
    [[200, '<html>'], /\(second\) can not be asked/],
    [[200, null], /answers what this command can not read/],
    [[200, { workers: 3 }], /answers what this command can not read/],
    [[200, { ...answerOf(), wanted: '3' }], /answers what this command can not read/],
    [forbidden, /the right to get pods\/proxy in the namespace ns\. .*kubectl port-forward -n ns/],
  ] as const)
    it(`says what is wrong with ${JSON.stringify(answer).slice(0, 60)}`, async () =>
      expect(await cluster({ second: answer as Answer })).to.match(said));

  it('says where there is none, and what it takes to look', async () => {
    expect(await cluster({})).to.match(/^no operator runs in the namespace ns: .*--operator-namespace/);
    await server?.stop();
    const pending = [200, { metadata: {}, items: [pod('first', 'Pending')] }] as const;
    expect(await cluster({}, { [OPERATORS]: pending })).to.match(/^no operator runs/);
    await server?.stop();
    expect(await cluster({}, { [OPERATORS]: forbidden })).to.match(/the right to list pods in the namespace ns/);
  });

  it('asks no more than five', async () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, turn) => [`p${turn}`, says(503, 'NotSynced')]));
    expect(await cluster(many)).to.contain('so NotSynced');
    expect(asked).to.have.length(5);
  });

  for (const address of ['', 'nowhere', 'ftp://127.0.0.1', 'file:///etc/passwd'])
    it(`takes ${JSON.stringify(address)} for no address`, async () =>
      expect(await askAt(address, 'a/b').catch((error: Error) => error.message)).to.match(
        /is no address: write it as http/,
      ));
});
