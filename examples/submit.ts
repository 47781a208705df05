/**
 * Submits one preview job and prints where the previews are. In this checkout:
 *
 *   npx node examples/submit.ts redis://127.0.0.1:6379 file:///inbox/photo.jpg
 *
 * Elsewhere the import is 'mobius-preview-worker/client' (in this checkout that needs `npm run build` first).
 */
import { argv } from 'node:process';
import { PreviewClient, PreviewFailure } from '../worker/client.ts';

const [, , redis = 'redis://127.0.0.1:6379', uri = 'file:///inbox/photo.jpg'] = argv;
const previews = new PreviewClient({ redis: { url: redis } });
try {
  const { id } = await previews.submit({ version: 1, source: { uri }, outputs: [{ preset: 'grid' }] });
  previews.onProgress(id, (stage) => console.error(`… ${stage}`));
  const result = await previews.result(id, { timeoutSeconds: 60 });
  if ('outputs' in result) for (const output of result.outputs) console.log(output.name, output.uri);
} catch (error) {
  if (!(error instanceof PreviewFailure)) throw error;
  console.error(`${error.reason}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await previews.close();
}
