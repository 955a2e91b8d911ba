import { elementOrder } from './element-order.table.ts';
import type { MessageElement } from './read-message-xml.ts';

/** Where the order of a message differs from the one its document type fixes, in words. Pure. */
export function findOrderFaults(element: MessageElement): string[] {
  const verdicts = (elementOrder[element.name] ?? []).map((order) => compareWith(order, element));
  const own = verdicts.find((faults) => faults.length === 0) ?? verdicts[0] ?? [];
  return [...own, ...element.children.flatMap(findOrderFaults)];
}

function compareWith(order: readonly string[], element: MessageElement): string[] {
  const faults: string[] = [];
  let furthest = 0;
  for (const child of element.children) {
    const place = order.indexOf(child.name);
    if (place < 0) faults.push(`${element.name} holds ${child.name}, which does not belong there`);
    else if (place < furthest) faults.push(`${element.name} has ${child.name} after ${order[furthest]}`);
    else furthest = place;
  }
  return faults;
}
