/** sharp as every renderer uses it: one thread, no cache, and only the decoders that are meant to read strangers' files. */
import sharp from 'sharp';

// A slot is one job at a time on its share of a core, and threads would make the bytes of some encoders vary.
sharp.concurrency(1);
sharp.cache(false);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadHeif',
    'VipsForeignLoadTiff',
    // From memory only: from a path librsvg reads what lies beside the file, and image.ts hands paths over.
    'VipsForeignLoadSvgBuffer',
  ],
});

export type { Metadata, Sharp, SharpOptions } from 'sharp';
export { sharp };
