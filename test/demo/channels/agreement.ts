import { type Client } from '../../support/client.js';
import { type Participant } from './participant.js';

/** A SKU of which a participant can sell another number of units than Kontor says. */
export interface Disagreement {
  readonly participant: string;
  readonly sku: string;
  readonly ofParticipant: number | undefined;
  readonly ofKontor: number | undefined;
}

/** Compares what each participant can sell with the availability of its channel. */
export const findDisagreements = async (
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
    const available = new Map(items.map(({ sku, atp }) => [sku, atp]));
    return skus.flatMap((sku) => {
      const [ofParticipant, ofKontor] = [participant.stockOf(sku), available.get(sku)];
      return ofParticipant === ofKontor ? [] : [{ participant: participant.name, sku, ofParticipant, ofKontor }];
    });
  });
  return (await Promise.all(all)).flat();
};
