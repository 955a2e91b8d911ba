/** A token to ask for. */
export interface TokenRequest {
  /** Permissions it carries, such as `DeviceManagementManagedDevices.Read.All`. */
  readonly scopes: readonly string[];
  /** Default: 3,600,000, an hour. */
  readonly lifetimeMs?: number;
  /** Default: `app-1`. Limits count by application. */
  readonly appId?: string;
  /** A token of this person instead of an app-only one. Only a person may approve. */
  readonly userPrincipalName?: string;
}

/** Who a token speaks for. */
export interface Caller {
  readonly scopes: readonly string[];
  readonly appId: string;
  readonly userPrincipalName?: string;
  readonly expiresAtMs: number;
}
