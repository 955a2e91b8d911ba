import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

interface Execution {
  readonly executionId: string;
  readonly operationKey: string;
  readonly capability: string;
}

/** Counts what really happened to devices. It is neither host nor EMM nor agent, and only agents tell it. */
export interface EffectWitness extends AsyncDisposable {
  readonly url: string;
  /** Different executions of an operation. */
  executionsOf(operationKey: string): number;
  /** Resolves once an execution of the operation was told. */
  untilTold(operationKey: string): Promise<void>;
  /** Lets the agent wait for the answer about this operation until it is killed. */
  holdAnswer(operationKey: string): void;
}

export async function startEffectWitness(): Promise<EffectWitness> {
  const told: Execution[] = [];
  const held = new Set<string>();
  const waiting = new Map<string, () => void>();
  const server = createServer((request, answer) => {
    readText(request).then((text) => {
      const execution = JSON.parse(text) as Execution;
      told.push(execution);
      waiting.get(execution.operationKey)?.();
      if (!held.delete(execution.operationKey)) answer.end();
    }, () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const executionsOf = (operationKey: string): number => new Set(told.filter((execution) => execution.operationKey === operationKey).map(({ executionId }) => executionId)).size;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    executionsOf,
    untilTold: (operationKey) =>
      new Promise((resolve) => {
        if (executionsOf(operationKey) > 0) resolve();
        else waiting.set(operationKey, resolve);
      }),
    holdAnswer: (operationKey) => void held.add(operationKey),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text;
}
