import type { TenantFault } from './tenant-fault.ts';

/** What a fault is compared with. */
export interface FaultSubject {
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly isBatchPart: boolean;
}

/** The fault that meets a request, and the faults that are left. Pure. Only the first that matches counts down. */
export function meetFault<Kind extends TenantFault['kind']>(faults: readonly TenantFault[], kinds: readonly Kind[], subject: FaultSubject): { readonly faults: readonly TenantFault[]; readonly fault?: Extract<TenantFault, { kind: Kind }> } {
  const hit = faults.find((fault) => (kinds as readonly string[]).includes(fault.kind) && matches(fault, subject));
  if (!hit) return { faults };
  if (hit.skip !== undefined && hit.skip > 0) return { faults: faults.map((fault) => (fault === hit ? { ...fault, skip: (fault.skip ?? 0) - 1 } : fault)) };
  const left = faults.flatMap((fault) => {
    if (fault !== hit || fault.times === undefined) return [fault];
    return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
  });
  return { faults: left, fault: hit as Extract<TenantFault, { kind: Kind }> };
}

function matches({ operation, objectId, isBatchPart }: TenantFault, subject: FaultSubject): boolean {
  return (operation === undefined || operation === subject.operation)
    && (objectId === undefined || Object.values(subject.params).includes(objectId))
    && (isBatchPart === undefined || isBatchPart === subject.isBatchPart);
}
