import { elementOrder } from './element-order.table.ts';
import type { MessageElement } from './read-message-xml.ts';

/** Where the order of a message differs from the one its document type fixes, in words. Pure. */
export function findOrderFaults(element: MessageElement): string[] {
  const order = elementOrder[element.name];
  const faults: string[] = [];
  let furthest = 0;
  for (const child of element.children) {
    if (order) {
      const place = order.indexOf(child.name);
      if (place < 0) faults.push(`${element.name} holds ${child.name}, which does not belong there`);
      else if (place < furthest) faults.push(`${element.name} has ${child.name} after ${order[furthest]}`);
      else furthest = place;
    }
    faults.push(...findOrderFaults(child));
  }
  return faults;
}
