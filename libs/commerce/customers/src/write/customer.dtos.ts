import {
  Attributes,
  ContactDto,
  Country,
  digested,
  Id,
  IssuedCode,
  Kind,
  Locale,
  Nested,
  OneOf,
  Optional,
} from '#fields';
import { type Proof } from '../domain/customer.js';

const PROOFS: readonly Proof[] = ['asserted', 'verified'];

export class CustomerDto {
  @Id() readonly customerId!: string;
  @Optional() @Nested(() => ContactDto) readonly contact?: ContactDto;
  @Optional() @Country() readonly country?: string;
  @Optional() @Locale() readonly locale?: string;
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
}

export class LinkIdentityDto {
  @Id() readonly customerId!: string;
  /** For example `email`, `phone`, `loyalty-card`, `crm`. */
  @Kind('email') readonly identityType!: string;
  /** Only a keyed digest of it is stored. */
  @IssuedCode('ada@example.com', digested('It names a person.')) readonly value!: string;
  @OneOf(PROOFS) readonly proof!: Proof;
}
