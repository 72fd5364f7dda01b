import { DomainError } from '#kernel';
import { type Scope } from '#database';
import { type ApiScope } from './scopes.js';

/** Who is calling: a channel, or staff acting for one. */
export interface Principal {
  readonly keyId: string;
  /** The channel acted for. A staff key picks it with the header Kontor-Channel; otherwise it is `system`. */
  readonly channel: string;
  readonly scopes: ReadonlySet<string>;
  /** The key is one of channel `*`. */
  readonly isStaff: boolean;
}

/** What the caller may see in the database, for `withScope`: staff everything, a channel its own. */
export const readScope = ({ channel, isStaff }: Principal): Scope => ({ channel: isStaff ? '*' : channel });

/** @throws DomainError `forbidden`: for routes whose scope depends on the request, such as commands by name */
export const assertScope = ({ scopes }: Principal, scope: ApiScope | (string & {})): void => {
  if (!scopes.has(scope)) throw new DomainError('forbidden', `This key lacks the scope ${scope}`, { scope });
};
