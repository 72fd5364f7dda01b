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

/** Counts wrong codes in the tenders of orders as those of the lookups. The stream of the instrument still decides. */
@Injectable()
export class TenderCodes {
  constructor(
    private readonly instruments: Instruments,
    private readonly wrongCodes: WrongCodes,
  ) {}

  /**
   * @param body with ids in place of the codes
   * @throws Problem `too-many-requests`
   */
  async count(body: object, keyId: string): Promise<void> {
    await Promise.all(codedTenders(body).map((tender) => this.wrongCodes.count(keyId, () => this.find(tender))));
  }

  /** A code counts as right while the database does not answer, because orders are taken then, too. */
  private async find({ kind, instrumentId }: CodedTender): Promise<object | undefined> {
    const found = kind === 'voucher' ? this.instruments.voucher(instrumentId) : this.instruments.giftCard(instrumentId);
    return found.catch(() => ({}));
  }
}
