export interface ProblemKind {
  readonly status: number;
  /** For people: what it means and what to do about it. */
  readonly meaning: string;
  /** The same request may succeed later; a command keeps its idempotency key. */
  readonly retryable?: true;
}

const bad = (meaning: string): ProblemKind => ({ status: 400, meaning });
const missing = (meaning: string): ProblemKind => ({ status: 404, meaning });
const conflict = (meaning: string): ProblemKind => ({ status: 409, meaning });
const senseless = (meaning: string): ProblemKind => ({ status: 422, meaning });
const later = (status: number, meaning: string): ProblemKind => ({ status, meaning, retryable: true });

/** Every refusal by its stable code. A rule of a decider without a line here is a 409. */
export const problems: Readonly<Record<string, ProblemKind>> = {
  'malformed-request': bad('The request could not be read: its body is not JSON, or its URL is broken.'),
  'validation-failed': bad(
    'The request does not have the shape that /openapi.json documents. The member errors names each field.',
  ),
  'idempotency-key-missing': bad(
    'Every command needs an Idempotency-Key: a new one (a UUID, say) for each command, the same one for each retry. ' +
      'That makes it safe to send a command again whenever an answer was lost.',
  ),
  unauthenticated: { status: 401, meaning: 'Send a valid API key: Authorization: Bearer kontor_….' },
  forbidden: {
    status: 403,
    meaning: 'The API key is valid but may not do this: it lacks a scope, or acts for another channel.',
  },
  'not-found': missing('There is nothing here, or nothing that this API key may see.'),
  'unknown-command': missing('There is no command of this name.'),
  'unknown-key': missing('There is no such API key, or it no longer works.'),
  'channel-not-found': missing('The channel has not been configured yet: ConfigureChannel comes first.'),
  'location-not-found': missing('The location has not been registered yet: RegisterLocation comes first.'),
  'policy-not-found': missing(
    'There is no such sourcing policy, or not in this version: PublishSourcingPolicy comes first.',
  ),
  'order-not-found': missing('There is no such order.'),
  'customer-not-found': missing('The customer has not been registered yet: RegisterCustomer comes first.'),
  'cart-not-found': missing('There is no such cart: CreateCart comes first.'),
  'appointment-not-found': missing('There is no such appointment: BookAppointment comes first.'),
  'reorder-button-not-found': missing('The channel has no such button: ConfigureReorderButton comes first.'),
  'fulfillment-not-found': missing('There is no such fulfilment order.'),
  'parcel-not-found': missing('The fulfilment order has no such parcel: PackParcel comes first.'),
  'payment-not-found': missing('There is no such payment: its order has not asked for it yet.'),
  'operation-not-found': missing('Nobody has asked for this operation of the payment.'),
  'transfer-not-found': missing('There is no such transfer.'),
  'kit-not-found': missing('The SKU was never a kit.'),
  'reservation-not-found': missing('There never was such a reservation at this place.'),
  'incoming-not-found': missing('No delivery was announced under this reference, or it has arrived.'),
  'method-not-allowed': {
    status: 405,
    meaning: 'The path exists, but not with this method. The header Allow lists those that do.',
  },
  'request-timeout': later(408, 'The request did not arrive in time.'),
  'too-large': { status: 413, meaning: 'The body, a line of it, or the URL is longer than is accepted.' },
  'unsupported-media-type': {
    status: 415,
    meaning: 'Send application/json, or application/x-ndjson for a batch of commands.',
  },
  'fact-id-reused': senseless(
    'Another fact was booked under this factId (of a till sale: till, receipt and line). Correct it with AdjustStock.',
  ),
  'command-id-reused': senseless(
    'The idempotency key was used before for another body. A new command needs a new key.',
  ),
  'invalid-lines': senseless('The lines contradict each other or the order: an id twice, a line without its location.'),
  'amount-out-of-range': senseless('A total is too large to be exact.'),
  'carts-not-mergeable': senseless('A cart cannot be merged into itself.'),
  'invalid-policy': senseless('Two strategies of the sourcing policy have the same name.'),
  'invalid-key': senseless('No key can be like this: the scope is unknown, or only staff keys may have it.'),
  'too-many-requests': later(429, 'The API key has used up its budget for now.'),
  'internal-error': {
    status: 500,
    meaning:
      'A defect in Kontor. The member id is in the log beside what happened. A command may be repeated with its key.',
  },
  'outcome-unknown': later(
    503,
    'The log did not say whether the command was stored. Send it again with the same key: that settles it.',
  ),
  'not-caught-up': later(503, 'The read model has not reached the position in Kontor-Min-Position yet.'),
  unavailable: later(503, 'Kontor is starting, stopping or overloaded.'),

  'stream-not-readable': conflict(
    'The log holds something there that is not Kontor’s, or lacks events: see stream, revision, eventType and reason. ' +
      'Nothing was decided. The same command gets the same answer until an operator has mended the stream.',
  ),
  'insufficient-stock': conflict('Fewer units are available at the location than were asked for: see available.'),
  'kit-nested': conflict('A kit is made of plain SKUs: name their components instead, or retire the other kit.'),
  'transfer-exists': conflict('There is a transfer of this id.'),
  'transfer-not-confirmed': conflict('The goods of the transfer are not held yet: wait until it is confirmed.'),
  'transfer-shipped': conflict('Goods of the transfer have left: receive them, then close it.'),
  'transfer-ended': conflict('The transfer was cancelled or closed before. Put stock right with AdjustStock.'),
  'not-enough-stock': conflict('Fewer units are there than the command needs: see available.'),
  'reservation-ended': conflict('The reservation was released, expired or consumed before.'),
  'reservation-exists': conflict('There is a reservation of this id at this place, of another buyer or channel.'),
  'expiry-passed': conflict('It would have ended before it began.'),
  'location-inactive': conflict('The location is paused: it takes no new reservations.'),
  'count-stale': conflict('A newer count of this source was recorded before.'),
  'count-too-old': conflict('The count is older than the movements that are remembered.'),
  'count-in-future': conflict('The count claims to be of a time that has not come.'),
  'order-exists': conflict('There is an order of this id. Its own command can be repeated with its own key.'),
  'order-pending': conflict('The order has no answer yet: wait until its checkout has ended.'),
  'order-not-pending': conflict('The order has its answer already: see state.'),
  'order-ended': conflict('The order was rejected, cancelled, or fulfilled elsewhere: see state.'),
  'edit-exists': conflict('The order has an edit of this id.'),
  'edit-not-found': conflict(
    'The order has no such edit that is open: it was never proposed, or was applied or discarded.',
  ),
  'order-fulfilled': conflict('Everything of the order has left: what is to be added is an order of its own.'),
  'line-not-found': conflict('The order has no such line.'),
  'line-already-fulfilled': conflict(
    'More units were asked for than are still to be fulfilled: see cancellable. What has left comes back by RequestReturn.',
  ),
  'not-your-turn': conflict('Another location does this step: see locationId.'),
  'fulfillment-held': conflict('The order is held: the work goes on once its hold is released.'),
  'fulfillment-not-open': conflict('The fulfilment order is beyond this step, or not there yet: see state.'),
  'units-not-there': conflict('More units were named than are there for this step: see available.'),
  'wrong-method': conflict('The step does not go with how the goods reach the buyer: see method.'),
  'parcel-exists': conflict('The fulfilment order has a parcel of this id. Every parcel needs its own.'),
  'shipment-not-found': missing('There is no such shipment: ConsolidateFulfillments comes first.'),
  'shipment-exists': conflict('There is a shipment of this id.'),
  'shipment-pending': later(409, 'Not all of its fulfilment orders have said whether they join.'),
  'shipment-empty': conflict('Nothing has joined the shipment: see why in its fulfillments.'),
  'shipment-not-shipped': conflict('The shipment has not left yet: ShipShipment comes first.'),
  'parcel-not-shipped': conflict('The parcel has not left yet: ShipParcel comes first.'),
  'currency-not-of-channel': conflict('The channel trades in another currency.'),
  'method-not-offered': conflict('The channel does not offer this method at this location.'),
  'payment-exists': conflict('There is a payment of this id with other terms.'),
  'currency-not-of-payment': conflict('The payment is in another currency.'),
  'operation-exists': conflict('The payment has an operation of this id that is of another kind.'),
  'exceeds-authorized': conflict('More than is authorised and neither captured nor given up: see available.'),
  'exceeds-captured': conflict('More than was captured and not refunded: see available.'),
  'return-not-found': missing('There is no such return.'),
  'return-pending': conflict('The return has no answer yet: approve or decline it first.'),
  'return-ended': conflict('The return was declined, has ended, or is a mere record: see state.'),
  'return-open': conflict('Goods that came back wait to be inspected, or money to be given back.'),
  'return-refunded': conflict('The money of the return has been given back already.'),
  'refund-under-way': conflict('Money of the return is being given back: wait for the answer of the payments.'),
  'nothing-to-refund': conflict('No money of the return is due.'),
  'refund-needs-order': conflict('Only a return that names its order is refunded to its payments, or can be a claim.'),
  'return-exists': conflict('There is a return of this id.'),
  'ledger-entry-exists': conflict('There is an entry of this id.'),
  'gift-card-not-found': missing('There is no such gift card or store credit.'),
  'gift-card-exists': conflict('There is a gift card of this code: make up another.'),
  'voucher-exists': conflict('There is a voucher of this code: make up another.'),
  'customer-required': senseless('Store credit is spent by orders that name their customer.'),
  'code-required': senseless('A tender by gift card or voucher says its code.'),
  'other-currency': conflict('The store credit is kept in another currency: see currency.'),
  'balance-too-low': conflict('The correction would take more than is available: see available.'),
  'cart-exists': conflict('There is a cart of this id.'),
  'cart-closed': conflict('The cart is closed: if it was merged, mergedInto says where to go on.'),
  'cart-checked-out': conflict('The cart is checked out for an order: ReopenCart first.'),
  'cart-not-checked-out': conflict('The cart is not checked out for this order: CheckOutCart comes first.'),
  'cart-ordered': conflict('The order of the cart has been placed: wait for its answer, or cancel it.'),
  'cart-empty': conflict('There is nothing in the cart.'),
  'cart-full': conflict('The cart has as many lines as a cart can have: see most.'),
  'cart-line-not-found': conflict('The cart has no such line: it was removed, or never added.'),
  'cart-line-differs': conflict('The line is of other goods, or gets them otherwise: use a line of its own.'),
  'cart-of-another': conflict('The cart is another customer’s: MergeCarts puts it into one of theirs.'),
  'appointment-exists': conflict('There is an appointment of this id.'),
  'appointment-ended': conflict('The appointment is over or cancelled: book another.'),
  'appointment-in-past': conflict('An appointment ends after it begins, and not before now.'),
  'reorder-data-erased': conflict('The customer’s data was erased: configure the button anew.'),
  'hold-exists': conflict('The payment has a hold on the instrument already.'),
  'hold-not-found': conflict('The payment has no hold on the instrument.'),
  'hold-exceeded': conflict('More was asked for than is left of the hold: see left.'),
  'customer-exists': conflict('There is a customer of this id.'),
};
