import {
  Attributes,
  Currency,
  DOCUMENT_NUMBER,
  FreeText,
  harmless,
  Id,
  Nested,
  Optional,
  Reference,
  SignedPriceDto,
  WholeNotZero,
} from '#fields';

export class AdjustLedgerDto {
  @Id() readonly entryId!: string;
  @Optional() @Reference('A563185', DOCUMENT_NUMBER) readonly externalRef?: string;
  @FreeText(500, 'Adjust bad debt', harmless('The name of a correction, which analysts read.'))
  readonly title!: string;
  @Currency() readonly currency!: string;
  @WholeNotZero(-1_000_000, 1_000_000) readonly quantity!: number;
  @Nested(() => SignedPriceDto) readonly unitPrice!: SignedPriceDto;
  @Optional() @Attributes() readonly attributes?: Record<string, string>;
}
