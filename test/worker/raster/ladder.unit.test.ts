import { expect } from 'chai';
import fc from 'fast-check';
import { type Box, planLadder, type Step } from '../../../worker/raster/ladder.ts';
import type { Size } from '../../../worker/renderers/driver.ts';

const side = fc.oneof(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 3000 }),
  fc.integer({ min: 1, max: 60_000 }),
);
const size: fc.Arbitrary<Size> = fc.record({ width: side, height: side });
const fit = fc.constantFrom<Box['fit']>('inside', 'contain', 'cover', 'fill');
const boxIn = (kind: fc.Arbitrary<Box['fit']>): fc.Arbitrary<Box> =>
  fc.record({ width: fc.integer({ min: 1, max: 16384 }), height: fc.integer({ min: 1, max: 16384 }), fit: kind });

const step = (source: Size, box: Box): Step => planLadder(source, [box]).steps[0]!;
const within = (inner: Size, outer: Size) => inner.width <= outer.width && inner.height <= outer.height;
const whole = ({ width, height }: Size) =>
  Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1;
/** Largest difference, in pixels of `scaled`, from the shape of the source. */
const skew = (source: Size, scaled: Size) =>
  Math.min(
    Math.abs(scaled.width - Math.max(1, (source.width * scaled.height) / source.height)),
    Math.abs(scaled.height - Math.max(1, (source.height * scaled.width) / source.width)),
  );
const holds = (kind: fc.Arbitrary<Box['fit']>, property: (source: Size, box: Box, step: Step) => boolean) =>
  fc.assert(
    fc.property(size, boxIn(kind), (source, box) => property(source, box, step(source, box))),
    { numRuns: 2000 },
  );

describe('the ladder', () => {
  it('never enlarges the source', () => holds(fit, (source, _, { scaled }) => within(scaled, source)));

  it('keeps every output within its box', () => holds(fit, (_, box, { window }) => within(window, box)));

  it('plans whole pixels, at least one each way', () =>
    holds(fit, (_, __, { scaled, window }) => whole(scaled) && whole(window)));

  it('keeps the shape of the source within a pixel, unless told to fill', () =>
    holds(fc.constantFrom('inside', 'contain', 'cover'), (source, _, { scaled }) => skew(source, scaled) <= 1));

  it('inside: the output is the whole picture, and touches the box or is the source', () =>
    holds(
      fc.constant('inside'),
      (source, box, { scaled, window }) =>
        scaled === window && (scaled.width === box.width || scaled.height === box.height || same(source, scaled)),
    ));

  it('cover: the picture covers the output, touching it on one side at least', () =>
    holds(
      fc.constant('cover'),
      (_, __, { scaled, window }) =>
        within(window, scaled) && (window.width === scaled.width || window.height === scaled.height),
    ));

  it('contain: the output holds the whole picture, touching it on one side at least', () =>
    holds(
      fc.constant('contain'),
      (_, __, { scaled, window }) =>
        within(scaled, window) && (window.width === scaled.width || window.height === scaled.height),
    ));

  it('contain and cover keep the shape of the box within a pixel, unless the box is cut to a line', () =>
    holds(
      fc.constantFrom('contain', 'cover'),
      (_, box, { window }) => skew(box, window) <= 1 || window.width === 1 || window.height === 1,
    ));

  it('makes one raster that is large enough for every output and no larger than needed', () =>
    fc.assert(
      fc.property(size, fc.array(boxIn(fit), { minLength: 1, maxLength: 6 }), (source, boxes) => {
        const { raster, steps } = planLadder(source, boxes);
        return (
          steps.length === boxes.length &&
          steps.every(({ scaled }) => within(scaled, raster)) &&
          steps.some(({ scaled }) => scaled.width === raster.width) &&
          steps.some(({ scaled }) => scaled.height === raster.height) &&
          within(raster, source)
        );
      }),
    ));

  const examples: readonly [string, Size, Box, Size, Size][] = [
    [
      'a landscape in a square',
      { width: 4000, height: 3000 },
      { width: 256, height: 256, fit: 'inside' },
      { width: 256, height: 192 },
      { width: 256, height: 192 },
    ],
    [
      'a small source in a large box',
      { width: 30, height: 20 },
      { width: 400, height: 400, fit: 'inside' },
      { width: 30, height: 20 },
      { width: 30, height: 20 },
    ],
    [
      'a square cut from a landscape',
      { width: 4000, height: 3000 },
      { width: 256, height: 256, fit: 'cover' },
      { width: 341, height: 256 },
      { width: 256, height: 256 },
    ],
    [
      'a square cut from a source that is smaller than it',
      { width: 30, height: 20 },
      { width: 400, height: 400, fit: 'cover' },
      { width: 30, height: 20 },
      { width: 20, height: 20 },
    ],
    [
      'a landscape padded to a square',
      { width: 4000, height: 3000 },
      { width: 256, height: 256, fit: 'contain' },
      { width: 256, height: 192 },
      { width: 256, height: 256 },
    ],
    [
      'a small source padded to the shape of a large box',
      { width: 30, height: 20 },
      { width: 400, height: 400, fit: 'contain' },
      { width: 30, height: 20 },
      { width: 30, height: 30 },
    ],
    [
      'a box filled',
      { width: 4000, height: 3000 },
      { width: 300, height: 100, fit: 'fill' },
      { width: 300, height: 100 },
      { width: 300, height: 100 },
    ],
    [
      'a box larger than the source filled',
      { width: 30, height: 20 },
      { width: 400, height: 100, fit: 'fill' },
      { width: 30, height: 8 },
      { width: 30, height: 8 },
    ],
    [
      'a hair',
      { width: 60000, height: 1 },
      { width: 100, height: 100, fit: 'inside' },
      { width: 100, height: 1 },
      { width: 100, height: 1 },
    ],
  ];
  for (const [title, source, box, scaled, window] of examples) {
    it(`${box.fit}: ${title} becomes ${window.width} × ${window.height}`, () => {
      expect(step(source, box)).to.deep.equal({ scaled, window });
    });
  }
});

function same(source: Size, scaled: Size): boolean {
  return scaled.width === source.width && scaled.height === source.height;
}
