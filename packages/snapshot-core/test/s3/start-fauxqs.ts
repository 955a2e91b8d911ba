import { startFauxqs } from 'fauxqs';
import type { S3Server } from './s3-server.ts';

/** Larger bodies are refused by it, whatever the settings. */
export const fauxqsBodyBytes = 11 * 1_048_576;

/** An S3 server in this process that keeps everything in memory. It checks no signatures and knows no conditional writes. */
export async function runFauxqs(): Promise<S3Server> {
  const server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  server.createBucket('bucket');
  return { endpoint, bucket: 'bucket', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, stop: () => server.stop() };
}
