import { DomainError, lineTotal, sum } from '#kernel';

export interface Priced {
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

/** @throws DomainError `invalid-lines` */
export const checkUnique = (ids: readonly string[]) => {
  const duplicate = ids.find((id, index) => ids.indexOf(id) < index);
  if (duplicate !== undefined)
    throw new DomainError('invalid-lines', `The id ${duplicate} is used twice`, { lineId: duplicate });
};

/** @returns the exact total in minor units. @throws DomainError `amount-out-of-range` */
export const totalOf = (items: readonly Priced[], currency: string): number => {
  try {
    const parts = items.map(({ unitPrice, quantity }) => lineTotal({ ...unitPrice, currency }, quantity));
    return sum(parts, currency).amount;
  } catch (error) {
    if (error instanceof RangeError) throw new DomainError('amount-out-of-range', 'The total is too large to be exact');
    throw error;
  }
};

type DefinedFields<Parts> = { [Key in keyof Parts as undefined extends Parts[Key] ? never : Key]: Parts[Key] } & {
  [Key in keyof Parts as undefined extends Parts[Key] ? Key : never]?: Exclude<Parts[Key], undefined>;
};

/** @returns a copy without the fields that are undefined */
export const definedFields = <Parts extends object>(parts: Parts) =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as DefinedFields<Parts>;
