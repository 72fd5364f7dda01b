import { randomUUID } from 'node:crypto';
import { type Fields } from '../support/client.js';
import { aLine, anOrder } from '../support/shop.js';
import { Agent, often, PLACES } from './agent.js';
import { isDone, type Answered } from './history.js';
import { aCard, paymentFor, type Instruments } from './payment-choice.js';

const PRICE = 850;

/** A buyer who places orders and fills carts, pays in every way, cancels, edits and returns. */
export class Shopper extends Agent {
  private readonly orders: string[] = [];
  private readonly returns: string[] = [];
  skus: readonly string[] = [];
  instruments: Instruments = { giftCards: [], vouchers: [] };

  protected actions() {
    return [
      ...often(8, () => this.order()),
      ...often(2, () => this.fillCart()),
      ...often(2, () => this.cancel()),
      ...often(5, () => this.askForReturn()),
      ...often(3, () => this.bringBack()),
      () => this.pay(),
      () => this.edit(),
    ];
  }

  private line(lineId: string) {
    const quantity = this.random.between(1, 3);
    const there = this.random.next() < 0.25 ? { method: 'pickup', locationId: 'store' } : {};
    return aLine(this.random.pick(this.skus), quantity, { lineId, ...there });
  }

  private async order() {
    const lines = Array.from({ length: this.random.between(1, 3) }, (_, index) => this.line(String(index + 1)));
    const total = lines.reduce((sum, { quantity }) => sum + quantity * PRICE, 0);
    const order = anOrder(lines, paymentFor(total, this.random, this.instruments));
    this.remember(order.orderId, await this.send('PlaceOrder', order));
  }

  private remember(orderId: string, { answer }: Answered) {
    if ((answer as { state?: string }).state === 'confirmed') this.orders.push(orderId);
  }

  private known() {
    return this.orders.length > 0 ? this.random.pick(this.orders) : undefined;
  }

  /** The cart changes on several channels, and then expires, is closed or becomes an order. */
  private async fillCart() {
    const [cartId, orderId] = [randomUUID(), randomUUID()];
    await this.send('CreateCart', { cartId, currency: 'GBP' });
    await this.send('AddCartLine', { cartId, ...this.line('1') });
    await this.send('ReserveCart', { cartId, seconds: this.random.between(1, 4) });
    await this.send('AddCartLine', { cartId, ...this.line('2') });
    if (this.random.next() < 0.3) return;
    if (this.random.next() < 0.2) {
      await this.send('CloseCart', { cartId, reason: 'abandoned' });
      return;
    }
    const checkedOut = await this.send('CheckOutCart', { cartId, orderId });
    if (isDone(checkedOut)) this.remember(orderId, await this.send('PlaceOrder', { orderId, cartId }));
  }

  private async cancel() {
    const orderId = this.known();
    if (orderId === undefined) return;
    await this.send('CancelOrderLines', { orderId, lines: [{ lineId: '1', quantity: 1 }], reason: 'mind' });
  }

  private async pay() {
    const orderId = this.known();
    if (orderId === undefined) return;
    const tenders = [aCard(PRICE, this.random, randomUUID())];
    await this.send('PayOrder', { orderId, tenders });
  }

  private async edit() {
    const [orderId, editId] = [this.known(), randomUUID()];
    if (orderId === undefined) return;
    const add = [{ ...this.line(editId.slice(0, 8)), method: 'ship', locationId: undefined }];
    const remove = this.random.next() < 0.5 ? [{ lineId: '1', quantity: 1 }] : [];
    if (!isDone(await this.send('ProposeOrderEdit', { orderId, editId, add, remove }))) return;
    await this.send(this.random.next() < 0.7 ? 'ApplyOrderEdit' : 'DiscardOrderEdit', { orderId, editId });
  }

  private async askForReturn() {
    const orderId = this.known();
    const order = orderId === undefined ? undefined : await this.read(`/v1/orders/${orderId}`);
    const lines = (order?.['lines'] ?? []) as readonly { lineId: string; fulfilled: number }[];
    const there = lines.filter(({ fulfilled }) => fulfilled > 0);
    if (orderId === undefined || there.length === 0) return;
    const { lineId } = this.random.pick(there);
    const returnId = randomUUID();
    const refundTo = this.random.pick(['original', 'original', 'store-credit']);
    const wanted = { returnId, orderId, lines: [{ lineId, quantity: 1 }], reason: 'unwanted', refundTo };
    if (isDone(await this.send('RequestReturn', wanted))) this.returns.push(returnId);
  }

  /** Hands in the goods of a return once it is approved; keeps them if it was declined. */
  private async bringBack() {
    const returnId = this.returns.shift();
    const found = returnId === undefined ? undefined : await this.read(`/v1/returns/${returnId}`);
    if (returnId === undefined || found?.['state'] === 'declined') return;
    if (found?.['state'] === 'approved') await this.inspect(returnId, found);
    else this.returns.push(returnId);
  }

  private async inspect(returnId: string, { requested }: Fields) {
    const [{ lineId }] = requested as readonly [{ lineId: string }];
    const locationId = this.random.pick(PLACES);
    const units = { lineId, quantity: 1 };
    if (this.random.next() < 0.5) await this.send('ReceiveReturn', { returnId, locationId, lines: [units] });
    const disposition = this.random.pick(['restock', 'restock', 'damaged', 'missing']);
    await this.send('InspectReturn', { returnId, locationId, items: [{ ...units, disposition }] });
  }
}
