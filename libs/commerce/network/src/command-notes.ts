import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  RegisterLocation: { events: 'LocationRegistered or LocationDetailsChanged', serves: 'ST5, SF4, SP10' },
  PauseLocation: { events: 'LocationPaused', serves: 'ST2' },
  ResumeLocation: { events: 'LocationResumed', serves: 'ST2' },
  ConfigureChannel: { events: 'ChannelConfigured', serves: 'OO7, OO9, IN1' },
};
