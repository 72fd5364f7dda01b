import { DomainError } from '#kernel';

/** @throws DomainError `invalid-lines` */
export const checkUnique = (ids: readonly string[]) => {
  const duplicate = ids.find((id, index) => ids.indexOf(id) < index);
  if (duplicate !== undefined)
    throw new DomainError('invalid-lines', `The id ${duplicate} is used twice`, { lineId: duplicate });
};

type DefinedFields<Parts> = { [Key in keyof Parts as undefined extends Parts[Key] ? never : Key]: Parts[Key] } & {
  [Key in keyof Parts as undefined extends Parts[Key] ? Key : never]?: Exclude<Parts[Key], undefined>;
};

/** @returns a copy without the fields that are undefined */
export const definedFields = <Parts extends object>(parts: Parts) =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as DefinedFields<Parts>;
