import { marketplace } from './marketplace.js';
import { type Participant } from './participant.js';
import { supplier } from './supplier.js';
import { till } from './till.js';
import { webShop } from './web-shop.js';

/** Everybody who takes part; who still orders or delivers while it catches up comes first. A new channel has its line here. */
export const participants = ({ ordersPerMinute = 80 } = {}): readonly Participant[] => [
  supplier(),
  marketplace(ordersPerMinute),
  webShop(),
  till(),
];
