import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  RegisterCustomer: { events: 'CustomerRegistered', serves: 'CI1, CI4, SE1' },
  UpdateCustomer: { events: 'CustomerUpdated', serves: 'CI1' },
  LinkIdentity: { events: 'IdentityLinked', serves: 'CI1' },
};
