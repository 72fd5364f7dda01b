import { type Participant } from './participant.js';
import { type Client } from '../../support/client.js';

export interface Disagreement {
  readonly participant: string;
  readonly sku: string;
  readonly believes: number | undefined;
  readonly is: number | undefined;
}

/** Where somebody believes something else than what Kontor promises to its channel. */
export const disagreements = async (
  staff: Client,
  participants: readonly Participant[],
  skus: readonly string[],
): Promise<readonly Disagreement[]> => {
  const all = participants.map(async (participant) => {
    const query = new URLSearchParams([
      ['channel', participant.channel],
      ...skus.map((sku) => ['sku', sku] as [string, string]),
    ]);
    const { items } = (await staff.read(`/v1/availability?${query.toString()}`)) as {
      items: { sku: string; atp: number }[];
    };
    const truth = new Map(items.map(({ sku, atp }) => [sku, atp]));
    return skus.flatMap((sku) => {
      const [believes, is] = [participant.stockOf(sku), truth.get(sku)];
      return believes === is ? [] : [{ participant: participant.name, sku, believes, is }];
    });
  });
  return (await Promise.all(all)).flat();
};
