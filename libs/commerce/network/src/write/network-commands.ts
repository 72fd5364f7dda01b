import { type CommandContract } from '#event-store';
import { type ChannelCommand, type LocationCommand } from '../domain/network.js';
import { ChangeNetwork } from './change-network.js';
import { ConfigureChannelDto, PauseLocationDto, RegisterLocationDto, ResumeLocationDto } from './network.dtos.js';

type NetworkCommand = LocationCommand | ChannelCommand;

const contract = <Dto extends object>(
  type: NetworkCommand['type'],
  summary: string,
  dto: new () => Dto,
  stream: (body: Dto) => string,
): CommandContract => {
  const typed: CommandContract<Dto> = {
    name: type,
    summary,
    dto,
    scope: 'network:write',
    stream,
    message: (body, cause) => new ChangeNetwork({ type, data: plain(body) } as NetworkCommand, cause),
  };
  return typed as unknown as CommandContract; // whoever calls it has made the body an instance of `dto`
};

/** Without instances of classes, and without what was left out. */
const plain = (body: object): unknown => JSON.parse(JSON.stringify(body));

const ofLocation = ({ locationId }: { locationId: string }) => `location-${locationId}`;

export const networkCommands: readonly CommandContract[] = [
  contract('RegisterLocation', 'Adds a location, or changes its details.', RegisterLocationDto, ofLocation),
  contract('PauseLocation', 'Stops new reservations at a location.', PauseLocationDto, ofLocation),
  contract('ResumeLocation', 'Lets a location take reservations again.', ResumeLocationDto, ofLocation),
  contract(
    'ConfigureChannel',
    'Opens a channel, or replaces its configuration.',
    ConfigureChannelDto,
    ({ channelId }) => `channel-${channelId}`,
  ),
];
