import type { PluginStorage } from '@winre-kit/sdk';

/**
 * The number the EMM gave with its last `absent` for an operation key. A start that carries it is the one after the reconcile; one that was sent before
 * carries a lower number and is refused should it still arrive.
 */
export interface OperationFence {
  read(operationKey: string): Promise<number>;
  remember(operationKey: string, fence: number): Promise<void>;
}

export function createOperationFence(storage: PluginStorage): OperationFence {
  const keyOf = (operationKey: string): string => `fence/${operationKey}`;
  return {
    async read(operationKey) {
      const fence = await storage.get(keyOf(operationKey));
      return typeof fence === 'number' ? fence : 0;
    },
    remember: (operationKey, fence) => storage.set(keyOf(operationKey), fence),
  };
}
