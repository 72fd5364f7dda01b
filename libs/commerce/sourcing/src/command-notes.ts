import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  PublishSourcingPolicy: { events: 'SourcingPolicyPublished', serves: 'SF1, SF2, SF4' },
  ActivateSourcingPolicy: { events: 'SourcingPolicyActivated', serves: 'SF1, SF2, SF4, SF5' },
  DeactivateSourcingPolicy: { events: 'SourcingPolicyDeactivated', serves: 'SF1' },
};
