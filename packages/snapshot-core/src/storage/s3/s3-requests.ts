import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { StorageCallOptions } from '../storage.ts';
import { connectS3, type S3Connection, type S3ConnectionOptions } from './connect-s3.ts';
import { ServerClock } from './server-clock.ts';
import { readS3Failure } from './translate-s3-error.ts';

type Middleware = <Request, Answer extends { response: unknown }>(next: (request: Request) => Promise<Answer>) => (request: Request) => Promise<Answer>;

/** What the SDK's commands have in common. */
interface Observable {
  readonly middlewareStack: {
    addRelativeTo(middleware: Middleware, options: { relation: 'after'; toMiddleware: string; name: string; override: boolean }): void;
  };
}

/** What a request is made with. */
export interface RequestTools extends S3Connection {
  /** Lets the clock see the date of every answer to the command. */
  readonly observed: <Command extends Observable>(command: Command) => Command;
}

/** How a request is sent, in the SDK's words. */
interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/** Connects when the first request is made, passes the signal on, and learns the server's time on the way. */
export class S3Requests {
  readonly #options: S3ConnectionOptions;
  readonly #clock = new ServerClock({ wallMs: () => Date.now(), monotonicMs: () => performance.now() });
  #connection: Promise<S3Connection> | undefined;

  constructor(options: S3ConnectionOptions) {
    this.#options = options;
  }

  /** Makes a request. */
  async run<Output>(request: (tools: RequestTools, options: SendOptions) => Promise<Output>, call?: StorageCallOptions): Promise<Output> {
    this.#connection ??= connectS3(this.#options);
    const connection = await this.#connection;
    return request({ ...connection, observed: (command) => this.#observe(command) }, call?.signal === undefined ? {} : { abortSignal: call.signal });
  }

  /**
   * The server's time.
   *
   * @param ask makes a request, when the time is not known; what becomes of it does not matter as long as it is answered
   */
  async timeMs(ask: (tools: RequestTools) => Promise<unknown>): Promise<number> {
    const known = this.#clock.nowMs();
    if (known !== undefined) return known;
    const outcome: unknown = await this.run(ask).catch((cause: unknown) => cause);
    const asked = this.#clock.nowMs();
    if (asked !== undefined) return asked;
    if (outcome instanceof Error && readS3Failure(outcome).status === undefined) throw outcome;
    throw new SnapshotError('storage/failed', 'the S3 server does not tell the time: its answers have no Date header');
  }

  #observe<Command extends Observable>(command: Command): Command {
    // Below the deserializer, which turns refusals into errors.
    command.middlewareStack.addRelativeTo(
      (next) => async (request) => {
        const answer = await next(request);
        this.#clock.observe(dateOf(answer.response));
        return answer;
      },
      { relation: 'after', toMiddleware: 'deserializerMiddleware', name: 'winreKitServerClock', override: true },
    );
    return command;
  }
}

/** The date header of an HTTP response. The SDK writes header names in lower case. */
function dateOf(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return undefined;
  return typeof headers.date === 'string' ? headers.date : undefined;
}
