import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Instruments } from '#vouchers';
import { WrongCodes } from '../reads/wrong-codes.js';

/** A tender whose code was replaced by the id of what pays. */
interface CodedTender {
  readonly kind: 'gift-card' | 'voucher';
  readonly instrumentId: string;
}

const isCoded = (tender: unknown): tender is CodedTender => {
  const { kind, instrumentId } = tender as Partial<CodedTender>;
  return (kind === 'gift-card' || kind === 'voucher') && instrumentId !== undefined;
};

const codedTenders = (body: object): readonly CodedTender[] =>
  'tenders' in body && Array.isArray(body.tenders) ? body.tenders.filter(isCoded) : [];

/** A code counts as known if the database has not answered until then, because orders are taken then, too. */
const LOOK_UP_MS = 2_000;

/** Counts wrong codes in the tenders of orders as those of the lookups. The stream of the instrument still decides. */
@Injectable()
export class TenderCodes {
  constructor(
    private readonly instruments: Instruments,
    private readonly wrongCodes: WrongCodes,
  ) {}

  /**
   * Known codes do not count, however many a key sends at once.
   * @param body with ids in place of the codes
   * @throws Problem `too-many-requests`
   */
  async count(body: object, keyId: string): Promise<void> {
    const byId = new Map(codedTenders(body).map((tender) => [tender.instrumentId, tender]));
    if (byId.size === 0) return;
    this.wrongCodes.check(keyId);
    const known = await Promise.all([...byId.values()].map((tender) => this.isKnown(tender)));
    await Promise.all(known.filter((one) => !one).map(() => this.wrongCodes.add(keyId)));
  }

  private async isKnown({ kind, instrumentId }: CodedTender): Promise<boolean> {
    const found = kind === 'voucher' ? this.instruments.voucher(instrumentId) : this.instruments.giftCard(instrumentId);
    const late = pause(LOOK_UP_MS, true, { ref: false });
    return Promise.race([found.then((one) => one !== undefined).catch(() => true), late]);
  }
}
