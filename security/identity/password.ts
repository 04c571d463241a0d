import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const COST = 16_384
const BLOCK = 8
const PARALLEL = 1
const SALT_BYTES = 16
const HASH_BYTES = 32
const HASH = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{8,128})\$([\w-]{20,128})$/

/** Hashes a password or client secret for the configuration: `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, { N: COST, r: BLOCK, p: PARALLEL }, HASH_BYTES)
  return ['scrypt', COST, BLOCK, PARALLEL, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Tells whether a password is the one that was hashed; without a hash it takes as long and is not. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, cost, block, parallel, salt = '', expected = ''] = HASH.exec(hash ?? (await decoy())) ?? []
  if (cost === undefined) return false
  const wanted = Buffer.from(expected, 'base64url')
  const settings = { N: Number(cost), r: Number(block), p: Number(parallel) }
  const given = await derive(password, Buffer.from(salt, 'base64url'), settings, wanted.length)
  return timingSafeEqual(given, wanted) && hash !== undefined
}

/** Tells whether a text has the form of a hash, with settings that this hub computes. */
export function isPasswordHash(text: string): boolean {
  const [, cost = '0', block = '0', parallel = '0'] = HASH.exec(text) ?? []
  const [N, r, p] = [Number(cost), Number(block), Number(parallel)]
  return N >= 1024 && N <= 1_048_576 && (N & (N - 1)) === 0 && r >= 1 && r <= 32 && p >= 1 && p <= 16
}

let decoyHash: Promise<string> | undefined

function decoy(): Promise<string> {
  decoyHash ??= hashPassword(randomBytes(SALT_BYTES).toString('hex'))
  return decoyHash
}

function derive(
  password: string,
  salt: Buffer,
  settings: { readonly N: number; readonly r: number; readonly p: number },
  bytes: number,
): Promise<Buffer> {
  const maxmem = 256 * settings.N * settings.r
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, bytes, { ...settings, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
