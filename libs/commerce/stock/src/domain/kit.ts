/**
 * A SKU that has no stock of its own: it is sold as so many units of others. Stream `kit-<sku>`; each definition replaces the
 * one before, for orders that are placed from then on.
 */
import { DomainError, type Decider, type EventDefinitions, type Message } from '#kernel';

export interface KitComponent {
  readonly sku: string;
  /** Units in one kit. */
  readonly quantity: number;
}

export type KitCommand =
  | Message<
      'DefineKit',
      {
        readonly sku: string;
        readonly components: readonly KitComponent[];
        /** Filled in by the handler: a component that is a kit, or the kit that `sku` is a component of. */
        readonly nested?: string;
      }
    >
  | Message<'RetireKit', { readonly sku: string }>;

export type KitEvent =
  | Message<'KitDefined', { readonly version: number; readonly components: readonly KitComponent[] }>
  | Message<'KitRetired'>;

interface Kit {
  /** 0 until it is defined. */
  readonly version: number;
  /** None once it is retired. */
  readonly components: readonly KitComponent[];
}

const decide = ({ type, data }: KitCommand, kit: Kit): KitEvent[] => {
  switch (type) {
    case 'DefineKit':
      return define(data, kit);
    case 'RetireKit':
      if (kit.version === 0) throw new DomainError('kit-not-found', `${data.sku} is no kit`);
      return kit.components.length > 0 ? [{ type: 'KitRetired', data: {} }] : [];
  }
};

/** @throws DomainError `invalid-lines`, `kit-nested` */
const define = (
  { sku, components, nested }: Extract<KitCommand, { type: 'DefineKit' }>['data'],
  kit: Kit,
): KitEvent[] => {
  const wanted = components.map((one) => ({ sku: one.sku, quantity: one.quantity }));
  if (JSON.stringify(wanted) === JSON.stringify(kit.components)) return [];
  if (new Set(wanted.map((one) => one.sku)).size < wanted.length) {
    throw new DomainError('invalid-lines', 'A kit names each component once');
  }
  const wrong = wanted.some((one) => one.sku === sku) ? sku : nested;
  if (wrong !== undefined) {
    throw new DomainError('kit-nested', `${wrong} is a kit: a kit is made of plain SKUs only`, { sku: wrong });
  }
  return [{ type: 'KitDefined', data: { version: kit.version + 1, components: wanted } }];
};

const evolve = (kit: Kit, { type, data }: KitEvent): Kit => {
  switch (type) {
    case 'KitDefined':
      return data;
    case 'KitRetired':
      return { ...kit, components: [] };
  }
};

const decider: Decider<Kit, KitCommand, KitEvent> = {
  initialState: () => ({ version: 0, components: [] }),
  decide,
  evolve,
};
const events: EventDefinitions<KitEvent> = { KitDefined: { version: 1 }, KitRetired: { version: 1 } };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const kit = { category: 'kit', decider, events };
