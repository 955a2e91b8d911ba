import { createManualClock, type ManualClock } from '@winre-kit/testkit';
import { createScriptedTenant, type ScriptedTenant, type ScriptedTenantSettings, type TokenRequest } from '../../src/testing/index.ts';

/** Every permission that any operation needs. */
export const allScopes = [
  'DeviceManagementManagedDevices.ReadWrite.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All', 'DeviceManagementScripts.ReadWrite.All', 'DeviceManagementConfiguration.ReadWrite.All',
  'DeviceManagementServiceConfig.ReadWrite.All', 'DeviceManagementRBAC.Read.All', 'DeviceManagementApps.Read.All', 'CloudPC.ReadWrite.All', 'BitlockerKey.Read.All', 'WindowsUpdates.ReadWrite.All',
];

/** A body in JSON, with the fields that most tests look at. */
export interface ReadBody {
  readonly [field: string]: unknown;
  readonly id?: string;
  readonly value?: readonly ReadBody[];
  readonly '@odata.nextLink'?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly innerError: Readonly<Record<string, string>> };
}

/** A reply with its body read. */
export interface ReadReply {
  readonly status: number;
  readonly headers: Headers;
  /** Empty when there is none, or it is not JSON. */
  readonly body: ReadBody;
  readonly text: string;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

/** Part of the body of a batch's reply. */
export interface ReadPart {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: ReadBody;
}

/** A tenant, a clock, and a caller with every permission. */
export interface TenantWorld {
  readonly tenant: ScriptedTenant;
  readonly clock: ManualClock;
  /** `call('POST', '/v1.0/…')`. */
  readonly call: (method: string, target: string, options?: CallOptions) => Promise<ReadReply>;
  readonly token: (request?: Partial<TokenRequest>) => string;
}

export function createTenantWorld(settings: Partial<ScriptedTenantSettings> = {}): TenantWorld {
  const clock = createManualClock();
  const tenant = createScriptedTenant({ clock, ...settings });
  const token: TenantWorld['token'] = (request = {}) => tenant.issueToken({ scopes: allScopes, lifetimeMs: 365 * 86_400_000, ...request });
  const usual = token();
  return {
    tenant, clock, token,
    async call(method, target, { body, headers, token: other = usual } = {}) {
      const response = await tenant.answer(new Request(`https://graph.microsoft.com${target}`, {
        method,
        headers: { authorization: `Bearer ${other}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }));
      return readReply(response);
    },
  };
}

export async function readReply(response: Response): Promise<ReadReply> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: response.status, headers: response.headers, text, body: isJson ? (JSON.parse(text) as ReadBody) : {} };
}

/** Base64, as justifications and scripts are sent. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
