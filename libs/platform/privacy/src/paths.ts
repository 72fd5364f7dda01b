/**
 * A copy of `data` with the value at a dotted path changed; the same object when there is nothing at the path. A list on
 * the way stands for each of its elements, whose place becomes part of the path that `change` is told.
 */
export const mapPath = <Data>(data: Data, path: string, change: (value: unknown, path: string) => unknown): Data =>
  walk(data, path.split('.'), '', change) as Data;

const walk = (
  node: unknown,
  rest: readonly string[],
  path: string,
  change: (value: unknown, path: string) => unknown,
): unknown => {
  const [name, ...below] = rest;
  if (name === undefined) return change(node, path);
  if (Array.isArray(node)) return node.map((item, index) => walk(item, rest, join(path, String(index)), change));
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return node;
  const value = (node as Readonly<Record<string, unknown>>)[name];
  return value === undefined ? node : { ...node, [name]: walk(value, below, join(path, name), change) };
};

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);
