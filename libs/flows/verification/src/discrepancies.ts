/** What people and outside systems have done that does not fit the orders. It is recorded as it happened, and a person has to look at it. */
const WHAT_TO_DO = {
  'return-without-sale':
    'Nothing has to be corrected. Many of them at one till or by one customer are a reason to ask for receipts.',
  'returned-more-than-sold':
    'Compare the documents of the order, see its timeline: a return or void that was uploaded twice under two numbers is undone in the till; then count the shelf.',
  'refunded-more-than-left':
    'See the problems of the order and the document that is named; claim the amount back, or record it as a loss.',
  'refunded-more-than-captured':
    'Add up the ways that are named, see the timeline of the order; claim the amount back, or record it as a loss.',
  'changed-at-provider':
    'Ask the staff with access to the dashboard of the provider whether it was meant for this order.',
  'payment-disputed': "Compare the payment with the provider's books, and correct what is wrong there.",
  'payment-left-open': 'See the payment: wait for the operation that is under way, or void or refund it by hand.',
} as const satisfies Record<string, string>;

export type DiscrepancyName = keyof typeof WHAT_TO_DO;

export const whatToDoAbout = (name: DiscrepancyName): string => WHAT_TO_DO[name];
