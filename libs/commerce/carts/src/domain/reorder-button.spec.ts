import { describe, it } from '@jest/globals';
import { caused, specification } from '#testing';
import { orderIdOfPress, reorderButton, type ReorderCommand, type ReorderEvent } from './reorder-button.js';

const given = specification(reorderButton.decider);

const template = {
  customerId: 'ada',
  currency: 'EUR',
  lines: [
    {
      ...{ lineId: '1', sku: 'TEA', quantity: 1, method: 'ship' as const },
      unitPrice: { amount: 500, scale: 2 },
    },
  ],
  debounceSeconds: 60,
  maxPerDay: 2,
};
const configure = (more: object = {}): ReorderCommand => ({
  type: 'ConfigureReorderButton',
  data: { buttonId: 'b', ...template, ...more },
});
const configured: ReorderEvent = { type: 'ReorderButtonConfigured', data: template };
const press = (pressId: string): ReorderCommand => ({ type: 'PressReorderButton', data: { buttonId: 'b', pressId } });
const pressed = (pressId: string): ReorderEvent => ({
  type: 'ReorderButtonPressed',
  data: { pressId, orderId: orderIdOfPress('b', pressId) },
});
const ignored = (pressId: string, reason: 'debounced' | 'daily-limit'): ReorderEvent => ({
  type: 'ReorderPressIgnored',
  data: { pressId, reason },
});
const at = (time: string) => ({ occurredAt: `2026-01-01T${time}.000Z` });

describe('a reorder button', () => {
  it('is configured', () => given().when(configure()).then(configured));
  it('is configured again', () => given(configured).when(configure()).then(configured));
  it('belongs to the channel that configured it', () => {
    given(configured).when(configure(), { channel: 'rival' }).thenFails('reorder-button-not-found');
    given(configured).when(press('1'), { channel: 'rival' }).thenFails('reorder-button-not-found');
  });
  it('needs a template that can be ordered', () =>
    given()
      .when(configure({ lines: [...template.lines, ...template.lines] }))
      .thenFails('invalid-lines'));
  it('orders nothing before it is configured', () => given().when(press('1')).thenFails('reorder-button-not-found'));

  it('orders once per press', () => given(configured).when(press('1')).then(pressed('1')));
  it('does nothing when the press is sent again', () => given(configured, pressed('1')).when(press('1')).thenNothing());
  it('ignores a press soon after an order', () =>
    given(configured, caused(at('10:00:00'), pressed('1')))
      .when(press('2'), at('10:00:59'))
      .then(ignored('2', 'debounced')));
  it('ignores a press soon before an order that was recorded first', () =>
    given(configured, caused(at('10:00:59'), pressed('2')))
      .when(press('1'), at('10:00:00'))
      .then(ignored('1', 'debounced')));
  it('orders again after the debounce time', () =>
    given(configured, caused(at('10:00:00'), pressed('1')))
      .when(press('2'), at('10:01:00'))
      .then(pressed('2')));
  it('ignores presses beyond the daily limit', () => {
    const history = [configured, caused(at('10:00:00'), pressed('1')), caused(at('11:00:00'), pressed('2'))];
    given(...history)
      .when(press('3'), at('12:00:00'))
      .then(ignored('3', 'daily-limit'));
    given(...history)
      .when(press('3'), { occurredAt: '2026-01-02T00:00:00.000Z' })
      .then(pressed('3'));
  });
  it('does nothing when a press that was ignored is sent again', () =>
    given(configured, ignored('1', 'debounced')).when(press('1'), at('23:00:00')).thenNothing());
  it('records that an order could not be placed', () =>
    given(configured, pressed('1'))
      .when({ type: 'RecordReorderFailure', data: { buttonId: 'b', orderId: 'o', code: 'channel-not-found' } })
      .then({ type: 'ReorderFailed', data: { orderId: 'o', code: 'channel-not-found' } }));
});
