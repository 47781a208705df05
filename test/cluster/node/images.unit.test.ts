import { expect } from 'chai';
import { findImage } from './images.ts';

describe('The image map', () => {
  const plain = { command: ['plain'] };
  const exact = { command: ['exact'] };
  const images = { worker: plain, 'worker:2': exact, 'registry:5000/worker': exact };
  const cases: readonly [reference: string, expected: object | undefined][] = [
    ['worker', plain],
    ['worker:1', plain],
    ['worker:2', exact],
    ['worker:1@sha256:abc', plain],
    ['registry:5000/worker:9', exact],
    ['registry:5000/other', undefined],
    ['registry', undefined],
  ];
  for (const [reference, expected] of cases) {
    it(`gives for ${reference} ${expected ? (expected === plain ? 'the one for every tag' : 'the one of its name') : 'nothing'}`, () =>
      expect(findImage(images, reference)).to.equal(expected));
  }
});
