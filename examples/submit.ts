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
  const result = await previews.result(id, { timeoutSeconds: 120 });
  if ('outputs' in result) for (const output of result.outputs) console.log(output.name, output.uri);
} catch (error) {
  // A PreviewFailure is the job's; anything else, such as a Redis that does not answer, is an Error that says what to check.
  const { message } = error as Error;
  console.error(error instanceof PreviewFailure ? `${error.reason}: ${message}` : message);
  process.exitCode = 1;
} finally {
  await previews.close();
}
