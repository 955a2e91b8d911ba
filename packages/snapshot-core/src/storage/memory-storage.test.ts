import { describeStorageContract } from '../../test/storage-contract.ts';
import { createMemoryStorage } from './memory-storage.ts';

describeStorageContract('memory storage', async (nowMs) => createMemoryStorage({ nowMs }));
