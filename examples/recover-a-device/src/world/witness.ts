import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The witness: a process that is neither host nor EMM and counts what really happened to devices. Each machine tells it once per execution, before the first
 * write of a destructive operation. `GET /` answers with every execution it has heard of.
 */
const executions = new Map<string, { executionId: string; operationKey: string; capability: string }>();

const server = createServer((request, response) => {
  take(request).then(
    () => response.setHeader('content-type', 'application/json').end(JSON.stringify([...executions.values()])),
    () => response.writeHead(400).end(),
  );
});

server.listen(0, '127.0.0.1', () => console.log(`witness at ${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => server.close());

async function take(request: IncomingMessage): Promise<void> {
  if (request.method !== 'POST') return;
  const execution = JSON.parse(await readText(request)) as { executionId: string; operationKey: string; capability: string };
  executions.set(execution.executionId, execution);
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text;
}
