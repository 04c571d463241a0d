import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { badRequestData } from '../core/model/problem.ts'

/** Seals places of cursors so that they can be neither read nor moved to another tenant, caller or query. */
export interface Seal {
  close(text: string, boundTo: string): string
  /** @throws Problem BadRequestData when it was not closed by this hub for the same purpose */
  open(sealed: string, boundTo: string): string
}

/** Makes a seal (AES-256-GCM) of the hub's secret. */
export function createSeal(secret: Uint8Array): Seal {
  const key = createHash('sha256').update('cursor').update(secret).digest()
  return {
    close: (text, boundTo) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open: (sealed, boundTo) => {
      const bytes = Buffer.from(sealed, 'base64url')
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
        decipher.setAAD(Buffer.from(boundTo)).setAuthTag(bytes.subarray(12, 28))
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch {
        throw badRequestData(
          'Parameter after is not a place of this query: follow the next link as it was given',
        )
      }
    },
  }
}
