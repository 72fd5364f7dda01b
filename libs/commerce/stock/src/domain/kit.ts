/**
 * A kit is a SKU that has no stock of its own: it is sold as so many units of other SKUs, its components. Stream `kit-<sku>`.
 * Each definition replaces the one before; orders that were placed keep the components of their time.
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
        /** Added by the handler: a component that is itself a kit, or a kit that `sku` is a component of. */
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
  /** Empty until it is defined and after it is retired. */
  readonly components: readonly KitComponent[];
}

const decide = ({ type, data }: KitCommand, kit: Kit): KitEvent[] => {
  switch (type) {
    case 'DefineKit':
      return defineKit(data, kit);
    case 'RetireKit':
      if (kit.version === 0) throw new DomainError('kit-not-found', `${data.sku} is no kit`);
      return kit.components.length > 0 ? [{ type: 'KitRetired', data: {} }] : [];
  }
};

/** @throws DomainError `invalid-lines`, `kit-nested` */
const defineKit = (
  { sku, components: given, nested }: Extract<KitCommand, { type: 'DefineKit' }>['data'],
  kit: Kit,
): KitEvent[] => {
  const components = given.map((component) => ({ sku: component.sku, quantity: component.quantity }));
  if (JSON.stringify(components) === JSON.stringify(kit.components)) return [];
  const skus = new Set(components.map((component) => component.sku));
  if (skus.size < components.length) throw new DomainError('invalid-lines', 'A kit names each component once');
  const nestedKit = skus.has(sku) ? sku : nested;
  if (nestedKit !== undefined) {
    throw new DomainError('kit-nested', `${nestedKit} is a kit: a kit cannot be a component of another`, {
      sku: nestedKit,
    });
  }
  return [{ type: 'KitDefined', data: { version: kit.version + 1, components } }];
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
