export interface Requirement {
  readonly id: string;
  readonly capability: string;
  /** Suites that show it, by the name of their file without its ending. */
  readonly tests?: readonly string[];
  /** A page that shows it. */
  readonly page?: string;
  /** What is missing of it, as a clause. */
  readonly missing?: string;
}

export interface Area {
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

const NOT_BUILT = 'not built';
const FRONT_END = 'a matter of front ends, of which there is none yet';

/** What unified commerce is expected to do. A test claims that the ids in the notes of commands are among these. */
export const areas: readonly Area[] = [
  {
    title: 'Stock',
    requirements: [
      { id: 'ST1', capability: 'one stock record for the whole network', tests: ['stock-tells-the-truth'] },
      { id: 'ST2', capability: 'availability for each channel', tests: ['stock-tells-the-truth', 'web-shop'] },
      { id: 'ST3', capability: 'backorder and pre-order, filled in order', tests: ['transfers-and-backorders'] },
      { id: 'ST4', capability: 'central reservations, from any device', tests: ['carts', 'click-and-reserve'] },
      { id: 'ST5', capability: 'stock of other locations, for staff and buyers', tests: ['endless-aisle'] },
      {
        id: 'ST6',
        capability: 'no order that fails later because stock data disagreed',
        tests: ['the-last-unit', 'kill-everything'],
      },
      { id: 'ST7', capability: 'stock in real time rather than in batches', tests: ['stock-tells-the-truth'] },
    ],
  },
  {
    title: 'Sourcing and fulfillment',
    requirements: [
      { id: 'SF1', capability: 'another location sends what the first one cannot', tests: ['sourcing', 'fulfillment'] },
      { id: 'SF2', capability: 'one order from several stores and warehouses', tests: ['sourcing'] },
      {
        id: 'SF3',
        capability: 'the same delivery options on every channel',
        tests: ['an-order-from-cart-to-answer'],
        missing: 'delivery dates are not promised',
      },
      { id: 'SF4', capability: 'stores send orders', tests: ['sourcing'] },
      { id: 'SF5', capability: 'collection and delivery in one order', tests: ['carts'] },
      {
        id: 'SF6',
        capability: 'the place of the goods at any time',
        tests: ['fulfillment', 'one-transaction-over-five-channels'],
      },
      { id: 'SF7', capability: 'warehouses and carriers of third parties', tests: ['dropship'] },
    ],
  },
  {
    title: 'Orders',
    requirements: [
      { id: 'OO1', capability: 'orders of one buyer in one shipment', tests: ['consolidation'] },
      {
        id: 'OO2',
        capability: 'one purchase over several channels, each step on another',
        tests: ['one-transaction-over-five-channels'],
      },
      { id: 'OO3', capability: 'one cart online and in the store', tests: ['carts'] },
      {
        id: 'OO4',
        capability: 'orders, money, stock and reservations controlled in one place',
        tests: ['payments', 'order-cancellation', 'order-edit', 'holds'],
      },
      {
        id: 'OO5',
        capability: 'a change of channel that interrupts nothing',
        tests: ['one-transaction-over-five-channels'],
      },
      { id: 'OO6', capability: 'one chain of steps from cart to after-sales', tests: ['kill-everything'] },
      {
        id: 'OO7',
        capability: 'any kind of channel, with the same commands',
        tests: ['web-shop', 'point-of-sale', 'marketplace', 'dropshipper'],
      },
      {
        id: 'OO8',
        capability: 'one view of a purchase for the agent who has to solve a problem',
        tests: ['one-transaction-over-five-channels'],
      },
      { id: 'OO9', capability: 'a new channel by configuration alone', tests: ['network'] },
      { id: 'OO10', capability: 'the same data at the point of sale and in logistics', tests: ['import'] },
    ],
  },
  {
    title: 'Returns',
    requirements: [
      { id: 'RE1', capability: 'goods come back in any store', tests: ['returns'] },
      { id: 'RE2', capability: 'goods come back on another channel than the purchase', tests: ['returns'] },
      { id: 'RE3', capability: 'credits controlled centrally', tests: ['returns', 'gift-cards-and-vouchers'] },
    ],
  },
  {
    title: 'Prices and promotions',
    requirements: [
      {
        id: 'PP1',
        capability: 'correct prices on every channel',
        tests: ['order-money'],
        missing: 'an order keeps the price that its channel sent; there are no price lists',
      },
      {
        id: 'PP2',
        capability: 'bundles and promotions',
        tests: ['kits'],
        missing: 'only kits are there, no promotions',
      },
      { id: 'PP3', capability: 'pricing as a module that can be attached', missing: NOT_BUILT },
      { id: 'PP4', capability: 'suggestions of prices from data', missing: NOT_BUILT },
      { id: 'PP5', capability: 'offers for groups of customers', missing: NOT_BUILT },
    ],
  },
  {
    title: 'Payments and vouchers',
    requirements: [
      {
        id: 'PV1',
        capability: 'payment connected with store, shop and logistics',
        tests: ['payments', 'five-thousand-payments'],
      },
      { id: 'PV2', capability: 'several tenders for one order, on any channel', tests: ['payments'] },
      {
        id: 'PV3',
        capability: 'vouchers and gift cards everywhere, never spent twice',
        tests: ['gift-cards-and-vouchers', 'instruments-race'],
      },
    ],
  },
  {
    title: 'Customers',
    requirements: [
      { id: 'CI1', capability: 'what is known of a customer over all channels', tests: ['import'] },
      { id: 'CI2', capability: 'customer records from several sources merged', missing: NOT_BUILT },
      {
        id: 'CI3',
        capability: 'master, sales and behavior data in one place',
        page: 'bi.md',
        missing: 'there is no data on behavior',
      },
      { id: 'CI4', capability: 'a purchase history that is up to date', tests: ['import'] },
      { id: 'CI5', capability: 'a connection to a CRM', missing: NOT_BUILT },
      { id: 'CI6', capability: 'care for a customer over the whole relationship', missing: NOT_BUILT },
      { id: 'CI7', capability: 'data that is checked where it enters', tests: ['body-schema', 'body-reader'] },
      { id: 'CI8', capability: 'other services read the data and write back', tests: ['commands-by-kafka', 'fan-out'] },
      { id: 'CI9', capability: 'reviews and recommendations between customers', missing: NOT_BUILT },
    ],
  },
  {
    title: 'Customer journeys',
    requirements: [
      { id: 'JF1', capability: 'the stage of each customer in the funnel', missing: NOT_BUILT },
      { id: 'JF2', capability: 'conversion rates at each step', missing: NOT_BUILT },
      { id: 'JF3', capability: 'the right content at the right moment', missing: NOT_BUILT },
      { id: 'JF4', capability: 'records of behavior', missing: NOT_BUILT },
      { id: 'JF5', capability: 'the number of channels for each customer', page: 'bi.md' },
      { id: 'JF6', capability: 'a quick reaction to behavior', missing: NOT_BUILT },
    ],
  },
  {
    title: 'Segments, recommendations, guided selling',
    requirements: [
      { id: 'SR1', capability: 'cross-selling by segment', missing: NOT_BUILT },
      { id: 'SR2', capability: 'recommendations from history', missing: NOT_BUILT },
      { id: 'SR3', capability: 'interest groups that form by themselves', missing: NOT_BUILT },
      { id: 'SR4', capability: 'advice by rules, for staff too', missing: NOT_BUILT },
      { id: 'SR5', capability: 'complementary products during a purchase', missing: NOT_BUILT },
      { id: 'SR6', capability: 'reports with recommended actions', missing: NOT_BUILT },
      { id: 'SR7', capability: 'decisions on the assortment', missing: 'out of scope; the feed has the data' },
    ],
  },
  {
    title: 'Loyalty',
    requirements: [{ id: 'LO1', capability: 'a loyalty program', missing: NOT_BUILT }],
  },
  {
    title: 'Stores',
    requirements: [
      { id: 'SP1', capability: 'click & collect', tests: ['click-and-collect', 'ship-to-store'] },
      { id: 'SP2', capability: 'click & reserve', tests: ['click-and-reserve'] },
      { id: 'SP3', capability: 'orders sent and goods returned in stores', tests: ['sourcing', 'returns'] },
      { id: 'SP4', capability: 'an appointment in a store, with the goods reserved', tests: ['appointment'] },
      { id: 'SP5', capability: 'what the store lacks, ordered in the store', tests: ['endless-aisle'] },
      { id: 'SP6', capability: 'a till that moves with the adviser', tests: ['mobile-point-of-sale'] },
      { id: 'SP7', capability: 'knowledge of products and customers for staff', missing: NOT_BUILT },
      { id: 'SP8', capability: 'buyers led to a store for goods that need advice', missing: NOT_BUILT },
      {
        id: 'SP9',
        capability: 'fast and open interfaces for tills, also for those that were offline',
        tests: ['point-of-sale'],
      },
      { id: 'SP10', capability: 'showrooms and temporary stores', tests: ['network'] },
    ],
  },
  {
    title: 'Third parties',
    requirements: [
      { id: 'TP1', capability: 'dropshippers', tests: ['dropship', 'dropshipper'] },
      { id: 'TP2', capability: 'marketplaces and social networks', tests: ['marketplace'] },
      {
        id: 'TP3',
        capability: 'content, ERP and CRM systems over interfaces',
        page: 'http-api.md',
        missing: 'the interfaces are there, no ready adapters',
      },
    ],
  },
  {
    title: 'Figures',
    requirements: [
      { id: 'BI1', capability: 'targets and figures for each channel', page: 'bi.md', missing: 'there are no targets' },
      {
        id: 'BI2',
        capability: 'customer value, acquisition cost, returning visits, new segments',
        page: 'bi.md',
        missing: 'only the value of customers and their rate of returns are there',
      },
      {
        id: 'BI3',
        capability: 'a BI tool that can be attached',
        tests: ['nobody-sees-what-is-not-theirs'],
        page: 'bi.md',
      },
      { id: 'BI4', capability: 'one stream of data for analysis', tests: ['fan-out'], page: 'kafka.md' },
      { id: 'BI5', capability: 'reports on behavior and satisfaction', missing: NOT_BUILT },
    ],
  },
  {
    title: 'Security',
    requirements: [
      {
        id: 'SE1',
        capability: 'a compromised shop reveals its own orders at most',
        tests: ['nobody-sees-what-is-not-theirs'],
      },
      { id: 'SE2', capability: 'protection against unauthorized access', tests: ['nobody-sees-what-is-not-theirs'] },
      {
        id: 'SE3',
        capability: 'privacy of customers',
        tests: ['nobody-sees-what-is-not-theirs'],
        missing: 'erasure works, but no command asks for it',
      },
    ],
  },
  {
    title: 'International use',
    requirements: [
      {
        id: 'IN1',
        capability: 'any language and country',
        tests: ['network'],
        missing: 'the data is ready for it; there is no front end',
      },
      { id: 'IN2', capability: 'text from right to left', missing: FRONT_END },
      { id: 'IN3', capability: 'several front ends side by side', page: 'http-api.md' },
    ],
  },
  {
    title: 'Openness',
    requirements: [
      { id: 'OP1', capability: 'API first, services attached as needed', tests: ['openapi'], page: 'http-api.md' },
      { id: 'OP2', capability: 'open interfaces', tests: ['openapi', 'asyncapi'] },
      { id: 'OP3', capability: 'best of breed instead of one suite', page: 'http-api.md' },
      { id: 'OP4', capability: 'neutral between front ends and back ends', page: 'channels.md' },
      { id: 'OP5', capability: 'a license that does not depend on turnover', page: '../LICENSE' },
      { id: 'OP6', capability: 'users extend and host it themselves', page: '../CONTRIBUTING.md' },
      { id: 'OP7', capability: 'an organization without silos', missing: 'not a matter of software' },
    ],
  },
  {
    title: 'Devices',
    requirements: [
      { id: 'DV1', capability: 'any device, at any time and place', missing: FRONT_END },
      { id: 'DV2', capability: 'pages that adapt to the device, and apps', missing: FRONT_END },
      { id: 'DV3', capability: 'orders from television and video', missing: NOT_BUILT },
      { id: 'DV4', capability: 'a button that orders again with one press', tests: ['reorder-button'] },
      { id: 'DV5', capability: 'virtual stores and scanned codes', missing: NOT_BUILT },
    ],
  },
];
