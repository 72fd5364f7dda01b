/** The values at a dotted path; a list on the way stands for each of its elements. */
export const valuesAt = (node: unknown, [name, ...rest]: readonly string[]): unknown[] => {
  if (name === undefined) return [node];
  if (Array.isArray(node)) return node.flatMap((item) => valuesAt(item, [name, ...rest]));
  if (typeof node !== 'object' || node === null) return [];
  const value = (node as Readonly<Record<string, unknown>>)[name];
  return value === undefined ? [] : valuesAt(value, rest);
};
