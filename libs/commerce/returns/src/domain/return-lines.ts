/** The rules of a return's lines and money. */
import { DomainError, lineTotal, sum } from '#kernel';

export interface Priced {
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

/** @throws DomainError `invalid-lines` */
export const checkUnique = (ids: readonly string[]) => {
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) throw new DomainError('invalid-lines', `The id ${twice} is there twice`, { lineId: twice });
};

/** Exact total in minor units. @throws DomainError `amount-out-of-range` */
export const totalOf = (items: readonly Priced[], currency: string): number => {
  try {
    const parts = items.map(({ unitPrice, quantity }) => lineTotal({ ...unitPrice, currency }, quantity));
    return sum(parts, currency).amount;
  } catch (error) {
    if (error instanceof RangeError) throw new DomainError('amount-out-of-range', 'The total is too large to be exact');
    throw error;
  }
};

type Present<Parts> = { [Key in keyof Parts as undefined extends Parts[Key] ? never : Key]: Parts[Key] } & {
  [Key in keyof Parts as undefined extends Parts[Key] ? Key : never]?: Exclude<Parts[Key], undefined>;
};

/** Without what is not there. */
export const present = <Parts extends object>(parts: Parts) =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Present<Parts>;
