import { RecoveryError } from '@winre-kit/sdk';
import { z } from 'zod';
import type { ScriptedTenant } from '../scripted-tenant.ts';
import { controlCommands } from './control-commands.table.ts';

/** Path below which the control API is. */
export const controlRoot = '/_script/';

/** Runs a command of the control API: `POST /_script/{command}` with its parameters in JSON. Replies 200 with `{ result }`, or 4xx with `{ error }`. */
export async function runControl(tenant: ScriptedTenant, request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.slice(controlRoot.length);
  const command = Object.hasOwn(controlCommands, name) ? controlCommands[name] : undefined;
  if (!command) return Response.json({ error: `There is no command '${name}'. Commands: ${Object.keys(controlCommands).join(', ')}.` }, { status: 404 });
  if (request.method !== 'POST') return Response.json({ error: 'Commands are sent with POST.' }, { status: 405 });
  try {
    const text = await request.text();
    return Response.json({ result: command.run(tenant, text === '' ? {} : JSON.parse(text)) ?? null });
  } catch (error) {
    if (error instanceof z.ZodError) return Response.json({ error: z.prettifyError(error) }, { status: 400 });
    if (error instanceof SyntaxError) return Response.json({ error: `The body is not JSON: ${error.message}` }, { status: 400 });
    if (RecoveryError.isInstance(error)) return Response.json({ error: error.message, code: error.code }, { status: 400 });
    throw error;
  }
}
