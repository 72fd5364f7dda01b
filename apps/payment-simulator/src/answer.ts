import { type BankEntry, type ProviderAnswer } from '#payments';

/** What is told of an entry, in answers and webhooks. */
export const answerOf = ({ result, currency }: BankEntry): ProviderAnswer => {
  if (result.outcome === 'declined') return { status: 'declined', code: result.code };
  const { amount, reference = '' } = result;
  return { status: 'done', amount, currency, reference };
};
