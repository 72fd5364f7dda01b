/** Officially assigned codes of ISO 3166-1 alpha-2, as of 2026-11-30 (www.iso.org/obp): 249. */
const ASSIGNED = `
  AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
  CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
  GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
  KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
  MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
  SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
  UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`;

/**
 * Codes that ISO 3166-1 has not assigned, but that post, customs and shops use, with names in CLDR 48: Ascension,
 * Ceuta and Melilla, Canary Islands, Tristan da Cunha, Kosovo.
 */
const IN_USE = 'AC EA IC TA XK';

export const COUNTRIES: readonly string[] = `${ASSIGNED} ${IN_USE}`.trim().split(/\s+/);

const KNOWN: ReadonlySet<unknown> = new Set(COUNTRIES);

/** Whether it is a country's code, such as `DE`. */
export const isCountry = (code: unknown): boolean => KNOWN.has(code);
