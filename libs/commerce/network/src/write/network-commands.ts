import { contract, plain, type CommandContract } from '#event-store';
import { type ChannelCommand, type LocationCommand } from '../domain/network.js';
import { ChangeNetwork } from './change-network.js';
import { ConfigureChannelDto, PauseLocationDto, RegisterLocationDto, ResumeLocationDto } from './network.dtos.js';

type NetworkCommand = LocationCommand | ChannelCommand;

const networkCommand = <Dto extends object>(
  type: NetworkCommand['type'],
  summary: string,
  dto: new () => Dto,
  stream: (body: Dto) => string,
) =>
  contract<Dto>({
    name: type,
    summary,
    dto,
    scope: 'network:write',
    stream,
    message: (body, cause) => new ChangeNetwork({ type, data: plain(body) } as unknown as NetworkCommand, cause),
  });

const locationStream = ({ locationId }: { locationId: string }) => `location-${locationId}`;

export const networkCommands: readonly CommandContract[] = [
  networkCommand('RegisterLocation', 'Adds a location, or changes its details.', RegisterLocationDto, locationStream),
  networkCommand('PauseLocation', 'Stops new reservations at a location.', PauseLocationDto, locationStream),
  networkCommand('ResumeLocation', 'Allows reservations at a location again.', ResumeLocationDto, locationStream),
  networkCommand(
    'ConfigureChannel',
    'Adds a channel, or replaces its configuration.',
    ConfigureChannelDto,
    ({ channelId }) => `channel-${channelId}`,
  ),
];
