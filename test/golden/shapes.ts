/** Types of events as text, fully expanded and in a fixed order. */
import { join } from 'node:path';
import ts from 'typescript';

/** Event type → shape of its data, for every event of the `…Event` types in the files. */
export const shapesOf = (root: string, files: readonly string[]): Record<string, string> => {
  const program = programOf(
    root,
    files.map((file) => join(root, file)),
  );
  const checker = program.getTypeChecker();
  const shapes: Record<string, string> = {};
  for (const node of files.flatMap((file) => [...(program.getSourceFile(join(root, file))?.statements ?? [])])) {
    if (!ts.isTypeAliasDeclaration(node) || !node.name.text.endsWith('Event')) continue;
    for (const event of partsOf(checker.getTypeAtLocation(node.name))) {
      const { type, data } = propertiesOf(checker, event);
      if (type?.isStringLiteral() && data) shapes[type.value] = expand(checker, data);
    }
  }
  return shapes;
};

const programOf = (root: string, files: readonly string[]) => {
  const json = ts.readJsonConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonSourceFileConfigFileContent(json, { ...ts.sys, readDirectory: () => [] }, root);
  return ts.createProgram(files, { ...options, types: [], noEmit: true });
};

const partsOf = (type: ts.Type) => (type.isUnion() ? type.types : [type]);

const propertiesOf = (checker: ts.TypeChecker, type: ts.Type): Record<string, ts.Type> =>
  Object.fromEntries(
    checker.getPropertiesOfType(type).map((property) => [property.name, checker.getTypeOfSymbol(property)]),
  );

const expand = (checker: ts.TypeChecker, type: ts.Type): string => {
  const inner = (part: ts.Type) => expand(checker, part);
  if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
  if (type.isUnion()) return [...new Set(type.types.map(inner))].sort().join(' | ');
  if (checker.isTupleType(type)) return `[${argumentsOf(checker, type).map(inner).join(', ')}]`;
  if (checker.isArrayType(type)) return `(${argumentsOf(checker, type).map(inner).join()})[]`;
  if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive))
    return members(checker, type);
  return checker.typeToString(type);
};

const argumentsOf = (checker: ts.TypeChecker, type: ts.Type) => checker.getTypeArguments(type as ts.TypeReference);

const members = (checker: ts.TypeChecker, type: ts.Type): string => {
  const properties = checker.getPropertiesOfType(type).map((property) => {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const value = checker.getTypeOfSymbol(property);
    return `${property.name}${optional ? '?' : ''}: ${expand(checker, optional ? checker.getNonNullableType(value) : value)}`;
  });
  const indexes = checker
    .getIndexInfosOfType(type)
    .map((index) => `[${checker.typeToString(index.keyType)}]: ${expand(checker, index.type)}`);
  return `{ ${[...properties.sort(), ...indexes].join('; ')} }`;
};
