import { Email, FreeText, Optional, Phone } from './fields.js';
import { ABOUT_A_PERSON } from './stored-text.js';

/** Personal: kept encrypted under the subject's key. */
export class ContactDto {
  @Optional() @FreeText(200, 'Ada Lovelace', ABOUT_A_PERSON) readonly name?: string;
  @Optional() @Email() readonly email?: string;
  @Optional() @Phone() readonly phone?: string;
}
