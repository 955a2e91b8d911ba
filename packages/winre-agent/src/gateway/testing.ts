// For tests of code that embeds the gateway. Adding a line here adds public API.
export { gatewayStoreContract } from './gateway-store.contract.ts';
export type { ContractRunner, StoreUnderTest } from './gateway-store.contract.ts';
