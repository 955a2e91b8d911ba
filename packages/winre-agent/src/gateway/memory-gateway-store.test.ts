import { describe, expect, it } from 'vitest';
import { gatewayStoreContract } from './gateway-store.contract.ts';
import { createMemoryGatewayStore } from './memory-gateway-store.ts';

gatewayStoreContract('memory', { describe, it, expect }, () => Promise.resolve({ store: createMemoryGatewayStore() }));
