import { expect } from 'chai';
import { jobView, withoutSecrets } from '../../../operator/queue-api/job-view.ts';

const data = (changes: object = {}) =>
  JSON.stringify({
    version: 1,
    source: { uri: 'https://user:s3cret@files.example.com/a%20b.jpg?X-Amz-Signature=abc#frag', etag: 'private' },
    outputs: [{ preset: 'grid' }, { name: 'large', width: 1600 }, { width: 10, height: 20 }],
    tenant: 'acme',
    metadata: { customer: 'somebody', token: 'secret-token' },
    ...changes,
  });

describe('what is shown of a job', () => {
  it('is where it comes from, without credentials and query, and nothing of its metadata', () => {
    const view = jobView('id', 'waiting', { data: data(), timestamp: '1700000000000', priority: '1000001' });
    expect(view).to.deep.equal({
      ...{ id: 'id', state: 'waiting', lane: 'backfill', attempts: 0, added: '2023-11-14T22:13:20.000Z' },
      ...{ tenant: 'acme', source: 'https://files.example.com/a%20b.jpg?…', outputs: ['grid', 'large', '10x20'] },
    });
  });

  it('is when a delayed one is due, and who had one that failed, and why', () => {
    const delayed = jobView('id', 'delayed', { data: data(), timestamp: '1700000000000', delay: '60000' });
    expect(delayed.due).to.equal('2023-11-14T22:14:20.000Z');
    const failed = jobView('id', 'failed', {
      ...{ data: data(), atm: '3', pb: 'preview-photos-1', finishedOn: '1700000000000' },
      failedReason: 'SourceForbidden: GET https://b.s3.example.com/k?X-Amz-Credential=AKIA&X-Amz-Signature=f00 was 403',
    });
    expect(failed).to.include({ attempts: 3, worker: 'preview-photos-1', ended: '2023-11-14T22:13:20.000Z' });
    expect(failed.why).to.equal('SourceForbidden: GET https://b.s3.example.com/k?… was 403');
  });

  it('is that it can not be read, of what is no job of previews', () => {
    for (const given of [undefined, '', 'null', '[]', '{"source":7}', '{"source":{"uri":7}}', '{"to":"a@b.c"}', '{'])
      expect(jobView('id', 'failed', given === undefined ? {} : { data: given }), String(given)).to.deep.equal({
        ...{ id: 'id', state: 'failed', lane: 'interactive', attempts: 0, unreadable: true },
      });
  });

  it('is no more than fits a line, however long the fields are, and no time that there is not', () => {
    const long = 'x'.repeat(100_000);
    const view = jobView(long, 'failed', {
      data: data({ tenant: long, source: { uri: `file:///${long}` }, outputs: Array(1_000).fill({ name: long }) }),
      ...{ failedReason: long, pb: long, timestamp: long, finishedOn: '-1', processedOn: '9e99', atm: '1e400' },
    });
    expect(JSON.stringify(view).length).to.be.below(6_000);
    expect(view).to.not.have.any.keys('added', 'started', 'ended');
    expect(view.attempts).to.equal(0);
  });

  for (const [text, shown] of [
    ['GET http://a:b@host/x', 'GET http://host/x'],
    ['redis://:p%40ss@r:6379/0 refused', 'redis://r:6379/0 refused'],
    ['at https://h/p#token=1.', 'at https://h/p?…'],
    ['a@b://u:p@ss@h/x@y', 'a@b://h/x@y'],
    ['Authorization: Bearer abc.def', 'Bearer …'],
    ['{"secretAccessKey": "abc", "key":"left"}', '{"secretAccessKey": …, "key":"left"}'],
    ['password=s3cret, next', 'password=…, next'],
    ['AWS_SESSION_TOKEN=abc', 'AWS_SESSION_TOKEN=…'],
    ['s3://bucket/key of a token', 's3://bucket/key of a token'],
  ] as const)
    it(`is '${shown}' of '${text}'`, () => expect(withoutSecrets(text)).to.equal(shown));

  it('takes no longer for text that is made to take long', () => {
    const begun = performance.now();
    for (const part of ['a://', 'a@', 'token', 'bearer ', 'a://@', '?', 'https://a?b '])
      withoutSecrets(part.repeat(2_000 / part.length));
    expect(performance.now() - begun).to.be.below(1_000);
  });
});
