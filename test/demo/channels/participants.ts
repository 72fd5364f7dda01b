import { marketplace } from './marketplace.js';
import { type Participant } from './participant.js';
import { supplier } from './supplier.js';
import { till } from './till.js';
import { webShop } from './web-shop.js';

/** One participant of each kind. Those that still change stock while they catch up come first. */
export const createParticipants = ({ ordersPerMinute = 80 } = {}): readonly Participant[] => [
  supplier(),
  marketplace(ordersPerMinute),
  webShop(),
  till(),
];
