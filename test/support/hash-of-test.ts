import { randomBytes, scryptSync } from 'node:crypto'

/** Least that a hub takes: its own hashes are sixteen times as dear, on purpose. */
const SETTINGS = { N: 1024, r: 8, p: 1 }

/** Hashes a password or secret of a test as the configuration holds it, at the least cost that a hub takes. */
export function hashOfTest(password: string): string {
  const salt = randomBytes(16)
  const hash = scryptSync(password.normalize('NFC'), salt, 32, SETTINGS)
  return ['scrypt', ...Object.values(SETTINGS), salt.toString('base64url'), hash.toString('base64url')].join(
    '$',
  )
}
