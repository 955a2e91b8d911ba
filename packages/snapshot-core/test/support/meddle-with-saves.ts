import type { ObjectKind, Repository } from '../../src/index.ts';
import type { ObjectStore } from '../../src/repository/object-store.ts';

/** The same repository, but `before` is called each time an object is to be saved; what it throws becomes the failure of the save. Without threads only. */
export function meddleWithSaves(repository: Repository, before: (kind: ObjectKind) => void): Repository {
  const { engine } = repository;
  const saving: Pick<ObjectStore, 'save' | 'saveAs'> = {
    async save(bytes, kind, options) {
      before(kind);
      return engine.objects.save(bytes, kind, options);
    },
    async saveAs(id, bytes, kind) {
      before(kind);
      return engine.objects.saveAs(id, bytes, kind);
    },
  };
  const objects = new Proxy(engine.objects, {
    get(target, name) {
      if (name === 'save' || name === 'saveAs') return saving[name];
      const value: unknown = Reflect.get(target, name, target);
      const bound: unknown = typeof value === 'function' ? value.bind(target) : value;
      return bound;
    },
  });
  return {
    ...repository,
    engine: { ...engine, objects },
    async save(bytes, kind, options) {
      before(kind);
      return repository.save(bytes, kind, options);
    },
  };
}
