import { type BankEntry, type ProviderAnswer } from '#payments';

/** An entry, as answers and webhooks show it. */
export const answerOf = ({ result, currency }: BankEntry): ProviderAnswer => {
  if (result.outcome === 'declined') return { status: 'declined', code: result.code };
  const { amount, reference = '' } = result;
  return { status: 'done', amount, currency, reference };
};
