import type { OperationHandle } from '@winre-kit/sdk';

/**
 * Where the EMM keeps an operation. The key alone is unique within a tenant only, so device and the EMM's own name go along:
 * a handle of another tenant that happens to use the same key is not found.
 */
export function operationAddress(handle: OperationHandle, tail = ''): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  return {
    path: `/operations/${encodeURIComponent(handle.operationKey)}${tail}`,
    query: { deviceId: handle.device.id, ...(handle.vendorRef ? { vendorRef: handle.vendorRef } : {}) },
  };
}
