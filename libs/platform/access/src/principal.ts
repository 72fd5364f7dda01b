import { DomainError } from '#kernel';
import { type Scope } from '#database';
import { type ApiScope } from './scopes.js';

/** The caller: a channel, or staff acting for one. */
export interface Principal {
  readonly keyId: string;
  /** A staff key selects the channel with the header Kontor-Channel; without the header it is `system`. */
  readonly channel: string;
  readonly scopes: ReadonlySet<string>;
  /** Whether the key belongs to channel `*`. */
  readonly isStaff: boolean;
  /** The locations that the key is bound to; undefined for all. */
  readonly locations?: ReadonlySet<string>;
}

/** @returns the rows that the caller may see: staff all, a channel its own */
export const readScope = ({ channel, isStaff }: Principal): Scope => ({ channel: isStaff ? '*' : channel });

/** @throws DomainError `forbidden` if the key is bound to other locations */
export const assertLocation = ({ locations }: Principal, locationId: string): void => {
  if (!locations || locations.has(locationId)) return;
  const message = `This key is bound to ${[...locations].join(', ')} and may not act at ${locationId}`;
  throw new DomainError('forbidden', message, { locationId });
};

/** For routes whose scope depends on the request. @throws DomainError `forbidden` */
export const assertScope = ({ scopes }: Principal, scope: ApiScope | (string & {})): void => {
  if (!scopes.has(scope)) throw new DomainError('forbidden', `This key lacks the scope ${scope}`, { scope });
};
