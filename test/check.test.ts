import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

describe('npm run check', () => {
  it('holds: format, lint, types, import direction and cycles, unused code, secrets, documents, generated files', async function () {
    this.timeout(240_000);
    await promisify(execFile)(process.execPath, ['scripts/check.ts'], { maxBuffer: 16 << 20 }).catch(
      (failure: { stdout?: string }) => {
        throw new Error(failure.stdout ?? String(failure));
      },
    );
  });
});
