/** Of some tables, a role may update some columns only. */
export type SqlPrivilege = 'SELECT' | 'INSERT' | 'UPDATE' | `UPDATE (${string})` | 'DELETE' | 'EXECUTE' | 'USAGE';

export interface TablePrivileges {
  /** Privileges of the API's role. The owner has all, analysts have none. */
  readonly app: readonly SqlPrivilege[];
  /** Why the API's role sees all rows, although they name a channel or a person. */
  readonly allRowsReason?: string;
}

const READ = { app: ['SELECT'] } as const;
const NOTHING = { app: [] } as const;

/** Every table of the migrations, by its name. */
export const MIGRATED_TABLES: Readonly<Record<string, TablePrivileges>> = {
  'system.migration': READ,
  'system.snapshot': { app: ['SELECT', 'INSERT', 'UPDATE'] },
  'system.process': READ,
  'system.process_instance': READ,
  'system.process_parked': READ,
  'system.process_held': READ,
  'system.relay': READ,
  'system.relay_topic': READ,
  'system.relay_parked': READ,
  'system.deleted_records': { app: ['SELECT', 'INSERT'] },
  'system.view': READ,
  'system.view_event': READ,
  'keys.subject_key': {
    app: ['SELECT', 'INSERT', 'DELETE'],
    allRowsReason: 'Commands of any channel may need the key of a person.',
  },
  'keys.service_key': { app: ['SELECT', 'INSERT'] },
  'keys.erased_key': { app: ['SELECT', 'INSERT'] },
  'keys.lost_key': READ,
  'keys.checked': NOTHING,
  'access.api_key': {
    app: ['SELECT', 'INSERT', 'UPDATE (expires_at, last_used_at, revoked_at)'],
    allRowsReason: 'The channel of a caller is not known before its key is.',
  },
  'channels.consumer': NOTHING,
  'channels.inbox': NOTHING,
  'channels.inbox_held': NOTHING,
  'channels.promise': NOTHING,
  'channels.promise_sequence': NOTHING,
  'channels.endpoint': NOTHING,
  'channels.delivery': NOTHING,
  'channels.mapping': NOTHING,
  'channels.till_line': NOTHING,
  'channels.till_movement': NOTHING,
};
