import { CreateBucketCommand, PutBucketAclCommand, S3Client } from '@aws-sdk/client-s3';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { S3Server } from './s3-server.ts';

const python = '/usr/bin/python3';
const program = fileURLToPath(new URL('serve-swift.py', import.meta.url));

/** Swift, and somebody who may only read there. */
export interface SwiftServer extends S3Server {
  readonly readerCredentials: S3Server['credentials'];
}

/** Why Swift cannot be started here, or `undefined` when it can. */
export function whyNoSwift(): string | undefined {
  const { status } = spawnSync(python, ['-c', 'import swift.common.middleware.s3api, eventlet'], { stdio: 'ignore' });
  return status === 0 ? undefined : `OpenStack Swift is not installed for ${python} (Debian: apt-get install python3-swift)`;
}

/** OpenStack Swift on loopback, in a folder that goes away with it: real storage, real signatures. */
export async function runSwift(): Promise<SwiftServer> {
  const folder = mkdtempSync(join(tmpdir(), 'swift-'));
  const child = spawn(python, [program, folder], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const errors = text(child.stderr);
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^ready (\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    const server = {
      endpoint: `http://127.0.0.1:${port}`,
      bucket: 'bucket',
      credentials: { accessKeyId: 'writer:main', secretAccessKey: 'writing' },
      readerCredentials: { accessKeyId: 'writer:reader', secretAccessKey: 'reading' },
      stop,
    };
    const client = new S3Client({ endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: server.credentials, requestChecksumCalculation: 'WHEN_REQUIRED' });
    await client.send(new CreateBucketCommand({ Bucket: server.bucket }));
    await client.send(new PutBucketAclCommand({ Bucket: server.bucket, ACL: 'public-read' }));
    client.destroy();
    return server;
  }
  await stop();
  throw new Error(`Swift did not start: ${await errors}`);
}
