import { catalogHandlers } from './catalog-handlers.ts';
import { cloudPcHandlers } from './cloud-pc-handlers.ts';
import { configurationHandlers } from './configuration-handlers.ts';
import { deviceHandlers } from './device-handlers.ts';
import { enrolmentHandlers } from './enrolment-handlers.ts';
import type { GraphHandler } from './graph-call.ts';
import { scriptHandlers } from './script-handlers.ts';
import { serviceHandlers } from './service-handlers.ts';

/** What does each operation of the surface. */
export const graphHandlers: Readonly<Record<string, GraphHandler>> = {
  ...deviceHandlers, ...enrolmentHandlers, ...cloudPcHandlers, ...configurationHandlers, ...catalogHandlers, ...scriptHandlers, ...serviceHandlers,
};
