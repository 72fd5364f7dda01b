import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SEQUENCE = 0x30;
const SET = 0x31;
const ECDSA_WITH_SHA256 = oid('2a8648ce3d040302');
const COMMON_NAME = oid('550403');
const BASIC_CONSTRAINTS = oid('551d13');
const SUBJECT_ALTERNATIVE_NAME = oid('551d11');

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The self-signed certificate in `event-store.crt` and `event-store.key` of a folder, which are made at the first start. */
export function certificateIn(folder: string): { cert: Buffer; key: Buffer } {
  const [certFile, keyFile] = [join(folder, 'event-store.crt'), join(folder, 'event-store.key')];
  if (!existsSync(certFile) || !existsSync(keyFile)) {
    const { cert, key } = selfSigned();
    rmSync(certFile, { force: true }); // so that there is never a certificate with another key
    for (const [file, text] of [
      [keyFile, key],
      [certFile, cert],
    ] as const) {
      writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
      renameSync(`${file}.new`, file);
    }
  }
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** A fresh self-signed certificate for localhost, as PEM. */
export function selfSigned(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from('localhost')))));
  const validity = der(SEQUENCE, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z')));
  const names = der(SEQUENCE, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)));
  const isAuthority = der(SEQUENCE, der(0x01, Buffer.of(255)));
  const extensions = der(
    SEQUENCE,
    extension(BASIC_CONSTRAINTS, isAuthority),
    extension(SUBJECT_ALTERNATIVE_NAME, names),
  );
  const toBeSigned = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1), randomBytes(8)),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = der(SEQUENCE, toBeSigned, algorithm, der(0x03, Buffer.of(0), signature));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function extension(id: Buffer, value: Buffer): Buffer {
  return der(SEQUENCE, id, der(0x04, value));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** One ASN.1 value: tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), body]);
}
