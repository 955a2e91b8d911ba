import type { Repository } from '../repository/repository.ts';
import type { EngineTools } from './engine/engine-tools.ts';

/** What trees and contents need of a repository to be read and saved: the repository itself, or the tools of one thread at work on it. */
export type ObjectPort = Pick<Repository, 'identify' | 'has' | 'save' | 'load'>;

/** The port of a task. Calls are not abortable: the task looks at its context. */
export function objectPortOf(tools: Pick<EngineTools, 'identity' | 'has' | 'save' | 'load'>): ObjectPort {
  return {
    identify: (bytes) => tools.identity.identify(bytes),
    has: (id, kind) => (kind === undefined ? tools.has(id, 'data') || tools.has(id, 'tree') : tools.has(id, kind)),
    save: (bytes, kind) => tools.save(bytes, kind),
    load: (id) => tools.load(id),
  };
}
