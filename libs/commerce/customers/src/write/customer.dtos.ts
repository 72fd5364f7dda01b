import {
  ABOUT_A_PERSON,
  Attributes,
  ContactDto,
  Country,
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
  /** Stored sealed. It is compared by a digest under the key of the customer. */
  @IssuedCode('ada@example.com', ABOUT_A_PERSON) readonly value!: string;
  @OneOf(PROOFS) readonly proof!: Proof;
}
