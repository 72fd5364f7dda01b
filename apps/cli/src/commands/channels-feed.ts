import { type Command } from 'commander';
import { type FeedResult, type HeldFeed } from '#channels';
import { type KontorClient } from '../client.js';
import { addExample, type OnHost } from './channels.js';

interface Feeds {
  readonly newest: FeedResult | null;
  readonly held: HeldFeed | null;
}

interface Choice {
  /** Sequences of the feed that is held. */
  readonly release?: string;
  readonly discard?: string;
}

export const addFeed = (command: Command, onHost: OnHost) => {
  const feed = command
    .command('feed')
    .description('the newest stock feed of a dropshipper, and the one that is held because it would empty many shelves')
    .argument('<adapter>')
    .option('--release <sequence>', 'record the feed that is held')
    .option('--discard <sequence>', 'throw the feed away that is held')
    .action((adapter: string, choice: Choice) =>
      onHost(
        async (host) => {
          const path = `/v1/${encodeURIComponent(adapter)}/stock`;
          await decide(host, path, choice);
          return { ...(await host.get<Feeds>(path)), ...(await host.get<Feeds>(`${path}/held`)) };
        },
        (feeds) => linesOf(adapter, feeds),
      ),
    );
  addExample(feed, 'feed acme');
};

const decide = async (host: KontorClient, path: string, choice: Choice) => {
  for (const what of ['release', 'discard'] as const) {
    const { [what]: sequence } = choice;
    if (sequence !== undefined) await host.post(`${path}/held/${encodeURIComponent(sequence)}/${what}`, {});
  }
};

const linesOf = (adapter: string, { newest, held }: Feeds): readonly string[] => [
  ...(newest ? newestLines(newest) : ['No stock feed has been recorded yet']),
  ...(held ? heldLines(adapter, held) : []),
];

const newestLines = ({ sequence, asOf, rows, taken, zeroed, wrong, newSkus = [], keptSkus = [] }: FeedResult) => [
  `feed ${sequence} as of ${asOf}: ${rows} rows, ${taken} SKUs recorded, ${zeroed} of them set to 0 because they are absent`,
  ...skuLines('never seen before', newSkus),
  ...skuLines('absent, but not set to 0, because the SKU of a row cannot be read', keptSkus),
  ...wrong.map(wrongLine),
];

const heldLines = (adapter: string, { sequence, asOf, reason, wrong, zeroedSkus, newSkus, keptSkus }: HeldFeed) => [
  `feed ${sequence} as of ${asOf} is held. ${reason}`,
  ...skuLines('would have no stock', zeroedSkus),
  ...skuLines('never seen before', newSkus),
  ...skuLines('absent, but would not be set to 0, because the SKU of a row cannot be read', keptSkus),
  ...wrong.map(wrongLine),
  `To record it: kontor channels feed ${adapter} --release ${sequence}; to throw it away: --discard ${sequence}`,
];

const skuLines = (what: string, skus: readonly string[]) =>
  skus.length === 0 ? [] : [`  ${what}: ${skus.join(', ')}`];

const wrongLine = ({ row, problem }: FeedResult['wrong'][number]) => `  row ${row}: ${problem}`;
