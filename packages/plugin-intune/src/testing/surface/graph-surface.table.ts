import type { GraphRow } from './graph-row.ts';
import { cloudPcRows } from './rows/cloud-pc-rows.table.ts';
import { configurationRows } from './rows/configuration-rows.table.ts';
import { deviceRows } from './rows/device-rows.table.ts';
import { enrolmentRows } from './rows/enrolment-rows.table.ts';
import { scriptRows } from './rows/script-rows.table.ts';
import { serviceRows } from './rows/service-rows.table.ts';

/** Everything the tenant accepts, besides `$batch`. What is not here is refused and recorded as a violation. */
export const graphSurface: readonly GraphRow[] = [...deviceRows, ...enrolmentRows, ...cloudPcRows, ...configurationRows, ...scriptRows, ...serviceRows];
