/** Tells where a refund comes from, by the ids and reasons that processes choose. */

/** Whether the settlement of an order requested it, for a cancellation or a return. People choose other ids. */
export const isBySettlement = (operationId: string) => /^settle\/\d+$/.test(operationId);

/** Whether a return requested it. Refunds at the provider have it as their reason, store credit as its operation id. */
export const isOfReturn = (reasonOrOperationId: string) => reasonOrOperationId.startsWith('return/');
