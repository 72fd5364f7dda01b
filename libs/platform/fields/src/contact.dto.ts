import { Email, FreeText, Optional, Phone } from './fields.js';

/** Personal: kept encrypted under the subject's key. */
export class ContactDto {
  @Optional() @FreeText(200, 'Ada Lovelace') readonly name?: string;
  @Optional() @Email() readonly email?: string;
  @Optional() @Phone() readonly phone?: string;
}
