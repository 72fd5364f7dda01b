/**
 * Changes the value at a dotted path. The path leads through every element of a list, and `change` gets the path with the
 * index of the element.
 *
 * @returns a changed copy, or `data` itself if there is no value at the path
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
