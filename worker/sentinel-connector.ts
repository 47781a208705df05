import { SentinelConnector } from 'ioredis';

/**
 * ioredis' own way to a primary, but for one thing. It listens to the Sentinels also while it connects anew, and word of a
 * fail-over at that instant would end the connection for good. Who connects anew is about to ask the Sentinels anyway.
 */
export class SteadfastSentinelConnector extends SentinelConnector {
  override connect(tell: Parameters<SentinelConnector['connect']>[0]) {
    const { failoverDetector } = this as unknown as { readonly failoverDetector: { cleanup(): void } | null };
    failoverDetector?.cleanup();
    return super.connect(tell);
  }
}
