/** Who may import whom: floor (or `package/*`) to the floors and entries it may reach. */
export type LayerList = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Reads the ` ```layers ` block out of ARCHITECTURE.md. One floor a line: `name -> allowed allowed`.
 *
 * @throws {Error} when the block is missing, a line has no arrow, or a floor is listed twice
 */
export function parseLayerList(markdown: string): LayerList {
  const block = /^```layers\n(?<lines>.*?)^```/ms.exec(markdown)?.groups?.['lines'];
  if (block === undefined) throw new Error('ARCHITECTURE.md has no ```layers block; the floors must be listed there');
  const layers = new Map<string, ReadonlySet<string>>();
  for (const line of block.split('\n').filter((text) => text.trim() !== '')) {
    const [floor, allowed, ...rest] = line.split('->').map((part) => part.trim());
    if (floor === undefined || floor === '' || allowed === undefined || rest.length > 0) {
      throw new Error(`ARCHITECTURE.md: "${line}" is not of the form "floor -> allowed allowed"`);
    }
    if (layers.has(floor)) throw new Error(`ARCHITECTURE.md: floor "${floor}" is listed twice; merge its lines`);
    layers.set(floor, new Set(allowed.split(/\s+/).filter((name) => name !== '')));
  }
  return layers;
}

/** The line that speaks for a floor: its own, or its package's `package/*`. */
export function findLayer(layers: LayerList, floor: string): { name: string; allowed: ReadonlySet<string> } | undefined {
  for (const name of [floor, `${floor.split('/')[0]}/*`]) {
    const allowed = layers.get(name);
    if (allowed !== undefined) return { name, allowed };
  }
  return undefined;
}
