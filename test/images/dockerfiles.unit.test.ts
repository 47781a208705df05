import { readFile } from 'node:fs/promises';
import { expect } from 'chai';

describe('the Dockerfiles', () => {
  for (const part of ['operator', 'worker']) {
    describe(`of the ${part}`, () => {
      let lines: readonly string[];
      /** The instructions of the stage that is shipped. */
      let shipped: readonly string[];
      before(async () => {
        const text = await readFile(`Dockerfile.${part}`, 'utf8');
        lines = text
          .replaceAll('\\\n', ' ')
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'));
        shipped = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
      });
      const ofShipped = (instruction: string) => shipped.filter((line) => line.startsWith(`${instruction} `));

      it('takes its bases by arguments, so that who builds can pin them or has a registry of their own', () => {
        for (const line of lines.filter((one) => one.startsWith('FROM ')))
          expect(line).to.match(/^FROM \$\{(BASE|RUNTIME)\}/);
      });

      it('runs nothing in the stage that is shipped, which so holds neither npm nor a compiler', () => {
        expect(shipped[0]).to.match(/^FROM \$\{RUNTIME\}$/);
        expect(ofShipped('RUN')).to.deep.equal([]);
      });

      it('names a user by number that is not root, as runAsNonRoot wants it', () => {
        expect(ofShipped('USER')).to.deep.equal(['USER 1000:1000']);
      });

      it('has an init before Node', () => {
        const [entry = ''] = ofShipped('ENTRYPOINT');
        const program = `/app/dist/${part}/main.js`;
        expect(JSON.parse(entry.slice('ENTRYPOINT '.length))).to.deep.equal([
          ...['/sbin/tini', '--', '/usr/local/bin/node'],
          program,
        ]);
      });

      it('leaves health to the probes', () => {
        expect(lines.filter((line) => line.startsWith('HEALTHCHECK'))).to.deep.equal([]);
      });
    });
  }

  it('see no more of a checkout than they are built from', async () => {
    const [first, ...rest] = (await readFile('.dockerignore', 'utf8')).split('\n').filter((line) => /^[^#]/.test(line));
    expect(first).to.equal('*');
    expect(rest.every((line) => line.startsWith('!'))).to.equal(true);
    for (const kept of ['.git', 'node_modules', 'test', 'dist']) expect(rest).not.to.include(`!${kept}`);
  });
});
