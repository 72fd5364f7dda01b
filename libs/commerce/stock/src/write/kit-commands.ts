import { NestedList, Sku, Whole } from '#fields';
import { contract, plain, type CommandContract } from '#event-store';
import { ChangeKit } from './change-kit.js';

const MAX_COMPONENTS = 20;
const MAX_UNITS_OF_COMPONENT = 1000;

class KitDto {
  @Sku() readonly sku!: string;
}

class KitComponentDto {
  @Sku() readonly sku!: string;
  @Whole(1, MAX_UNITS_OF_COMPONENT, 2) readonly quantity!: number;
}

class DefineKitDto extends KitDto {
  @NestedList(() => KitComponentDto, 1, MAX_COMPONENTS) readonly components!: readonly KitComponentDto[];
}

const stream = ({ sku }: KitDto) => `kit-${sku}`;

export const kitCommands: readonly CommandContract[] = [
  contract<DefineKitDto>({
    name: 'DefineKit',
    summary: 'Defines a SKU as a kit of so many units of other SKUs, for orders placed from now on.',
    dto: DefineKitDto,
    scope: 'stock:write',
    stream,
    message: (body, cause) => new ChangeKit({ type: 'DefineKit', data: plain(body) }, cause),
  }),
  contract<KitDto>({
    name: 'RetireKit',
    summary: 'Makes a kit a plain SKU again; orders that were placed keep their components.',
    dto: KitDto,
    scope: 'stock:write',
    stream,
    message: ({ sku }, cause) => new ChangeKit({ type: 'RetireKit', data: { sku } }, cause),
  }),
];
