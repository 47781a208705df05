/** Objects of S3 and of what speaks its language, as source and as sink. */
import { openClient, type ServiceSettings } from './s3/service.ts';
import { S3Sink } from './s3/sink.ts';
import { S3Source } from './s3/source.ts';
import type { StorageDriver } from './storage.ts';

interface SourceSettings extends ServiceSettings {
  readonly buckets?: readonly string[];
}
interface SinkSettings extends ServiceSettings {
  readonly bucket: string;
  readonly prefix?: string;
}

const s3: StorageDriver<SourceSettings, SinkSettings> = {
  source: (settings) => new S3Source(openClient(settings), settings),
  sink: (settings) => new S3Sink(openClient(settings), settings),
};

export default s3;
