import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import schema from '../../schemas/preview-job.schema.json' with { type: 'json' };
import type { PreviewJob } from '../../worker/job.generated.ts';
import { resolveOutputs, validateJob } from '../../worker/job.ts';
import { contentKeyOf, OUTPUT_DEFAULTS, recipeOf, requestKeyOf } from '../../worker/keys.ts';
import type { ResolvedOutput } from '../../worker/renderer/protocol.ts';

type Output = PreviewJob['outputs'][number];

const optional = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const size = fc.integer({ min: 1, max: 16_384 });
const moment = { page: fc.integer({ min: 1, max: 10_000 }), timeSeconds: fc.integer({ min: 0, max: 86_400 }) };
const appearance = {
  fit: fc.constantFrom('cover', 'contain', 'inside', 'fill'),
  format: fc.constantFrom('jpeg', 'png', 'webp', 'avif'),
  quality: fc.integer({ min: 1, max: 100 }),
} as const;
const custom = fc
  .tuple(fc.record({ name, width: size, height: size }), optional({ ...appearance, ...moment }))
  .map(([must, may]): Output => ({ ...must, ...may }));
const preset = fc
  .tuple(fc.record({ preset: name }), optional({ name, ...moment }))
  .map(([must, may]): Output => ({ ...must, ...may }));
const outputs = fc.uniqueArray(fc.oneof(custom, preset), {
  minLength: 1,
  maxLength: 4,
  selector: (output) => output.name ?? (output as { preset: string }).preset,
});
const uri = fc.webPath().map((path) => `file:///inbox${path}`);
const source = fc
  .tuple(fc.record({ uri }), optional({ sha256: hex, mediaType: fc.constant('image/jpeg') }))
  .map(([must, may]): PreviewJob['source'] => ({ ...must, ...may }));
const rest = {
  destination: fc.record({ uri: fc.webPath().map((path) => `file:///previews${path}`) }),
  dryRun: fc.boolean(),
  force: fc.boolean(),
  tenant: fc.constantFrom('acme', 'b.corp'),
  metadata: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 4 }),
};
const job = fc
  .tuple(fc.record({ source, outputs }), optional(rest))
  .map(([must, may]): PreviewJob => ({ version: 1, ...must, ...may }));

/** The same value, its keys in another order at every depth. */
function reordered<T>(value: T, at: number): T {
  if (Array.isArray(value)) return value.map((part) => reordered(part, at)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, reordered(part, at)] as const);
  const turn = at % Math.max(1, entries.length);
  return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].reverse()) as T;
}

/** Each property of an object set to undefined that is not there. */
const withUndefined = <T extends object>(value: T, keys: readonly string[]): T =>
  ({ ...Object.fromEntries(keys.map((key) => [key, undefined])), ...value }) as T;

/** What the schema says is assumed, spelled out. */
function spelledOut({ outputs: given, ...others }: PreviewJob): PreviewJob {
  const { page, timeSeconds } = OUTPUT_DEFAULTS;
  return {
    dryRun: false,
    ...others,
    outputs: given.map((output) =>
      'preset' in output ? { name: output.preset, page, timeSeconds, ...output } : { ...OUTPUT_DEFAULTS, ...output },
    ),
  };
}

const property = <T>(values: fc.Arbitrary<T>, holds: (value: T) => void) =>
  fc.assert(
    fc.property(values, (value) => {
      holds(value);
    }),
    { numRuns: 300 },
  );

describe('requestKey', () => {
  it('the jobs that these properties are shown are jobs', () => {
    property(job, (one) => expect(validateJob(structuredClone(one))).to.deep.equal(one));
  });

  it('is an id that BullMQ takes and a name that every file system takes', () => {
    property(job, (one) => expect(requestKeyOf(one)).to.match(/^r[0-9a-f]{64}$/));
  });

  it('does not depend on the order of keys, and survives the queue', () => {
    property(fc.tuple(job, fc.nat()), ([one, at]) => {
      expect(requestKeyOf(reordered(one, at))).to.equal(requestKeyOf(one));
      expect(requestKeyOf(JSON.parse(JSON.stringify(one)))).to.equal(requestKeyOf(one));
    });
  });

  it('takes a field that is undefined for one that is absent, as the queue does', () => {
    property(job, (one) => {
      const bare = {
        ...withUndefined(one, ['dryRun', 'force', 'tenant', 'metadata', 'destination']),
        source: withUndefined(one.source, ['sha256', 'etag', 'versionId', 'mediaType']),
        outputs: one.outputs.map((output) =>
          withUndefined(output, 'preset' in output ? ['name', 'page', 'timeSeconds'] : Object.keys(OUTPUT_DEFAULTS)),
        ),
      };
      expect(requestKeyOf(validateJob(bare))).to.equal(requestKeyOf(one));
    });
  });

  it('does not depend on metadata and force', () => {
    property(fc.tuple(job, optional({ metadata: rest.metadata, force: rest.force })), ([one, other]) => {
      const { metadata: _metadata, force: _force, ...bare } = one;
      expect(requestKeyOf({ ...bare, ...other })).to.equal(requestKeyOf(one));
    });
  });

  it('does not depend on whether defaults are spelled out', () => {
    property(job, (one) => expect(requestKeyOf(spelledOut(one))).to.equal(requestKeyOf(one)));
  });

  it('assumes the defaults that the schema tells', () => {
    const told = Object.entries({ ...schema.$defs.customOutput.properties, ...schema.$defs }).flatMap(([key, field]) =>
      'default' in field ? [[key, field.default]] : [],
    );
    expect(Object.fromEntries(told)).to.deep.equal(OUTPUT_DEFAULTS);
  });

  it('depends on everything else: a change of any part is another request', () => {
    property(fc.tuple(job, job), ([one, other]) => {
      const key = requestKeyOf(one);
      expect(requestKeyOf({ ...one, dryRun: !one.dryRun }), 'dryRun').to.not.equal(key);
      expect(requestKeyOf({ ...one, tenant: 'another' }), 'tenant').to.not.equal(key);
      expect(requestKeyOf({ ...one, outputs: [...one.outputs, { preset: 'another-one' }] })).to.not.equal(key);
      expect(requestKeyOf({ ...one, source: { ...one.source, uri: `${one.source.uri}x` } })).to.not.equal(key);
      const { sha256, ...unpinned } = one.source;
      if (sha256 !== undefined) expect(requestKeyOf({ ...one, source: unpinned }), 'sha256').to.not.equal(key);
      for (const part of ['source', 'outputs', 'destination'] as const) {
        const changed = { ...one, [part]: other[part] } as PreviewJob;
        const same =
          JSON.stringify(reordered(spelledOut(changed)[part], 0)) ===
          JSON.stringify(reordered(spelledOut(one)[part], 0));
        if (!same && other[part] !== undefined) expect(requestKeyOf(changed), part).to.not.equal(key);
      }
    });
  });

  it('depends on every field of an output', () => {
    const output: Output = { name: 'a', width: 10, height: 10 };
    const keyOf = (change: Partial<Output>) =>
      requestKeyOf({ version: 1, source: { uri: 'file:///a' }, outputs: [{ ...output, ...change } as Output] });
    const changes: ResolvedOutput = {
      name: 'b',
      width: 11,
      height: 11,
      fit: 'cover',
      format: 'png',
      quality: 81,
      position: 'attention',
      background: '#ffffff',
      effort: 3,
      lossless: true,
      sharpen: true,
      animated: true,
      copyright: true,
      page: 2,
      timeSeconds: 1,
    };
    const keys = [keyOf({}), ...Object.entries(changes).map(([field, value]) => keyOf({ [field]: value }))];
    expect(new Set(keys).size).to.equal(1 + Object.keys(schema.$defs.customOutput.properties).length);
  });
});

describe('contentKey', () => {
  const renderer = fc.record({
    name: fc.constantFrom('image', 'pdf'),
    version: fc.stringMatching(/^\d{1,2}\.\d{1,2}$/),
  });
  const PRESETS = [
    { name: 'grid', width: 64, height: 64, fit: 'cover', format: 'avif', quality: 50 },
  ] as const satisfies Parameters<typeof resolveOutputs>[1];
  const limits = { frames: 1, pixels: 1000 };
  const recipe = (...asked: Output[]) =>
    recipeOf(resolveOutputs({ version: 1, source: { uri: 'file:///a' }, outputs: asked }, [...PRESETS]), { limits });

  it('is a plain name of one length', () => {
    property(fc.tuple(hex, hex, renderer), ([sha256, what, by]) =>
      expect(contentKeyOf({ sha256 }, what, by)).to.match(/^c[0-9a-f]{64}$/),
    );
  });

  it('depends on the content, the recipe, the renderer and its version, and on nothing else', () => {
    property(fc.tuple(hex, hex, renderer, hex), ([sha256, what, by, other]) => {
      fc.pre(other !== sha256 && other !== what);
      const key = contentKeyOf({ sha256 }, what, by);
      expect(contentKeyOf({ sha256, bytes: 7 } as { sha256: string }, what, reordered(by, 1))).to.equal(key);
      expect(contentKeyOf({ sha256: other }, what, by)).to.not.equal(key);
      expect(contentKeyOf({ sha256 }, other, by)).to.not.equal(key);
      expect(contentKeyOf({ sha256 }, what, { ...by, name: 'another' })).to.not.equal(key);
      expect(contentKeyOf({ sha256 }, what, { ...by, version: `${by.version}.1` })).to.not.equal(key);
    });
  });

  it('is the same for a preset and for its values, and another when the preset changes', () => {
    const asPreset = recipe({ preset: 'grid' });
    expect(recipe({ name: 'grid', width: 64, height: 64, fit: 'cover', format: 'avif', quality: 50 })).to.equal(
      asPreset,
    );
    expect(recipe({ preset: 'grid', page: 1, timeSeconds: 0 })).to.equal(asPreset);
    const changed = resolveOutputs({ version: 1, source: { uri: 'file:///a' }, outputs: [{ preset: 'grid' }] }, [
      { ...PRESETS[0], quality: 51 },
    ]);
    expect(recipeOf(changed, { limits })).to.not.equal(asPreset);
  });

  it('depends on how many frames may be read, for what moves', () => {
    const keyOf = (animated: boolean, frames: number) => {
      const outputs: PreviewJob['outputs'] = [{ name: 'clip', width: 64, height: 64, animated }];
      return recipeOf(resolveOutputs({ version: 1, source: { uri: 'file:///a' }, outputs }, []), {
        limits: { frames, pixels: 1000 },
      });
    };
    expect(keyOf(true, 1)).to.not.equal(keyOf(true, 2));
    expect(keyOf(false, 1)).to.equal(keyOf(false, 2));
  });

  it('is the same on every machine and in every release, or every preview would be made again', () => {
    const sha256 = createHash('sha256').update('a picture').digest('hex');
    const what = recipe({ name: 'large', width: 1600, height: 1200 });
    expect(contentKeyOf({ sha256 }, what, { name: 'image', version: '1' })).to.equal(
      'caa767f5d7f4c9c25c08632254a4841aeaa3408e55c18d3b37b3768fca4b0d647',
    );
    expect(
      requestKeyOf({ version: 1, source: { uri: 'file:///inbox/a.jpg' }, outputs: [{ preset: 'grid' }] }),
    ).to.equal('r22b74d44f99ed867138555d1c7ccdd15afe8b1c42f32045f0b4b2a585d6fb611');
  });
});
