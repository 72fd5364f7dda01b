import { assertLocation, type Principal } from '#access';
import { type CommandContract } from '#event-store';
import { Problem } from '../http/problem.js';

/** The scopes of work at a location. */
const LOCAL_SCOPES: ReadonlySet<string> = new Set(['stock:write', 'stock:reserve', 'fulfillment:work']);
/** The fields of bodies that name locations, at any depth. Elsewhere `from` and `to` are no texts. */
const LOCATION_FIELDS: ReadonlySet<string> = new Set(['locationId', 'from', 'to']);

/**
 * A key that is bound to locations sends only commands that name no others. Work at a location must name one.
 * @throws Problem, DomainError `forbidden`
 */
export const checkLocations = (principal: Principal, { name, scope }: CommandContract, body: object): void => {
  if (!principal.locations) return;
  const named = [...locationsIn(body)];
  for (const locationId of named) assertLocation(principal, locationId);
  if (named.length === 0 && LOCAL_SCOPES.has(scope)) {
    throw new Problem('forbidden', `${name} names no location, so a key that is bound to locations may not send it.`);
  }
};

function* locationsIn(value: object): Generator<string> {
  for (const [field, part] of Object.entries(value) as [string, unknown][]) {
    if (typeof part === 'object' && part !== null) yield* locationsIn(part);
    else if (typeof part === 'string' && LOCATION_FIELDS.has(field)) yield part;
  }
}
