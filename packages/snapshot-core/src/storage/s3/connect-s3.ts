import type * as Sdk from '@aws-sdk/client-s3';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { checkEndpoint } from './check-address.ts';

/** How to reach the server and as whom. */
export interface S3ConnectionOptions {
  /** Address of the server. Default: AWS. */
  readonly endpoint?: string;
  /** Default: that of the environment or the AWS configuration; `us-east-1` for a server of one's own when there is none. */
  readonly region?: string;
  /** Default: the SDK's chain (environment, shared files, instance role), which renews what expires. */
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>;
  /** Bucket in the path instead of the host name. Default: true with `endpoint`, else false. */
  readonly forcePathStyle?: boolean;
  /** A client of one's own, with its own time-outs and retries; the options above are ignored then. It is not destroyed. */
  readonly client?: S3Client;
}

/** The SDK, loaded when it is first needed, and a client. */
export interface S3Connection {
  readonly sdk: typeof Sdk;
  readonly client: S3Client;
}

const maxAttempts = 4;
const connectionTimeoutMs = 10_000;
/** Of silence on a connection, not of the whole transfer. */
const socketTimeoutMs = 60_000;

/** Loads the SDK and makes the client. @throws {SnapshotError} `argument/invalid` when the SDK is not installed */
export async function connectS3(options: S3ConnectionOptions): Promise<S3Connection> {
  const sdk = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    throw new SnapshotError('argument/invalid', 'repositories on S3 need the package @aws-sdk/client-s3: install it beside @winre-kit/snapshot-core', { cause });
  });
  if (options.client !== undefined) return { sdk, client: options.client };
  const { endpoint, credentials, forcePathStyle = endpoint !== undefined } = options;
  const region = options.region ?? (endpoint === undefined ? undefined : (process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1'));
  // Signed requests carry a SHA-256 of the body, which every server checks. The newer checksums only AWS is sure to take; there, locked buckets demand them.
  const checksums = endpoint === undefined ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  const client = new sdk.S3Client({
    forcePathStyle,
    maxAttempts,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestHandler: { connectionTimeout: connectionTimeoutMs, socketTimeout: socketTimeoutMs },
    ...(endpoint !== undefined && { endpoint: checkEndpoint(endpoint).href }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
  });
  return { sdk, client };
}
