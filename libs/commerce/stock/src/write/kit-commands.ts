import { NestedList, Sku, Whole } from '#fields';
import { contract, plain, type CommandContract } from '#event-store';
import { type KitCommand } from '../domain/kit.js';
import { ChangeKit } from './change-kit.js';

const MOST_COMPONENTS = 20;
const MOST_UNITS_IN_A_KIT = 1000;

class KitDto {
  @Sku() readonly sku!: string;
}

class KitComponentDto {
  @Sku() readonly sku!: string;
  @Whole(1, MOST_UNITS_IN_A_KIT, 2) readonly quantity!: number;
}

class DefineKitDto extends KitDto {
  @NestedList(() => KitComponentDto, 1, MOST_COMPONENTS) readonly components!: readonly KitComponentDto[];
}

const command = (type: KitCommand['type'], dto: new () => KitDto, summary: string) =>
  contract<KitDto>({
    ...{ name: type, summary, dto, scope: 'stock:write' },
    stream: ({ sku }) => `kit-${sku}`,
    message: (body, cause) => new ChangeKit({ type, data: plain(body) } as unknown as KitCommand, cause),
  });

export const kitCommands: readonly CommandContract[] = [
  command('DefineKit', DefineKitDto, 'Says which units of other SKUs a SKU is sold as, from now on.'),
  command('RetireKit', KitDto, 'Makes a kit a plain SKU again; orders that were placed keep their components.'),
];
