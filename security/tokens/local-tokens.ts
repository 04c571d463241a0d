import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Claims } from '../policy/claims.ts'

/** Bearer secrets of the hub's own parts, such as its feeds: good in this process, until it ends. */
export interface LocalTokens {
  issue(name: string, roles: readonly string[], more?: { readonly city?: string }): string
  /** Answers the claims of a local token; undefined when it is none. */
  verify(token: string): Claims | undefined
}

const PREFIX = 'local.'
const SECRET_BYTES = 32

/** Opens a place for local tokens: random, kept in memory only. */
export function createLocalTokens(): LocalTokens {
  const issued = new Map<string, { readonly secret: Buffer; readonly claims: Claims }>()
  return {
    issue: (name, roles, { city } = {}) => {
      const secret = randomBytes(SECRET_BYTES)
      const claims: Claims = {
        subject: `local:${name}`,
        issuer: 'local',
        roles,
        name,
        anonymous: false,
        ...(city !== undefined && { city }),
      }
      const id = String(issued.size)
      issued.set(id, { secret, claims })
      return `${PREFIX}${id}.${secret.toString('base64url')}`
    },
    verify: (token) => {
      if (!token.startsWith(PREFIX)) return undefined
      const [id = '', text = ''] = token.slice(PREFIX.length).split('.')
      const found = issued.get(id)
      const secret = Buffer.from(text, 'base64url')
      const same = found && secret.length === SECRET_BYTES && timingSafeEqual(secret, found.secret)
      return same ? found.claims : undefined
    },
  }
}
