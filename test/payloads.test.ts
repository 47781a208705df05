import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import schema from '../schemas/preview-job.schema.json' with { type: 'json' };
import { PreviewFailure } from '../worker/failures.ts';
import { validateJob } from '../worker/job.ts';

const FOLDER = fileURLToPath(new URL('./fixtures/payloads', import.meta.url));
const files = (kind: string) => readdirSync(join(FOLDER, kind)).sort();
const read = (kind: string, file: string) => JSON.parse(readFileSync(join(FOLDER, kind, file), 'utf8'));

describe('payload fixtures', () => {
  for (const file of files('valid')) {
    it(`${file} is accepted as it is`, () => {
      const payload: unknown = read('valid', file);
      expect(validateJob(structuredClone(payload))).to.deep.equal(payload);
    });
  }

  for (const file of files('invalid')) {
    it(`${file} is refused, naming path and remedy`, () => {
      const { payload, error } = read('invalid', file) as { payload: unknown; error: object };
      let refused: unknown;
      try {
        validateJob(payload);
      } catch (failure) {
        refused = failure;
      }
      expect(refused).to.be.instanceOf(PreviewFailure);
      const { reason, message } = refused as PreviewFailure;
      expect({ reason, message }).to.deep.equal(error);
    });
  }

  it('the full fixture uses every field that the schema knows', () => {
    const full = read('valid', 'full.json') as Record<string, object>;
    const known = Object.keys(schema.properties);
    expect(Object.keys(full).sort()).to.deep.equal(known.sort());
    const outputs = (full['outputs'] as unknown as object[]).flatMap(Object.keys);
    const { presetOutput, customOutput } = schema.$defs;
    const fields = [...Object.keys(presetOutput.properties), ...Object.keys(customOutput.properties)];
    expect([...new Set(outputs)].sort()).to.deep.equal([...new Set(fields)].sort());
  });
});
