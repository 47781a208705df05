/** A local node in a process of its own, so that a test can kill it; its options come as JSON in LOCAL_NODE. */
import { env } from 'node:process';
import { type LocalNodeOptions, startLocalNode } from './local-node.ts';

await startLocalNode(JSON.parse(env['LOCAL_NODE'] ?? '{}') as LocalNodeOptions);
