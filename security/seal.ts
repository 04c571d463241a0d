import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Seals texts so that they can be neither read nor changed, nor used for anything else than what they were bound to. */
export interface Seal {
  close(text: string, boundTo: string): string
  /** Answers the text; undefined when this hub did not close it for this purpose, bound to the same. */
  open(sealed: string, boundTo: string): string | undefined
}

/** Makes a seal (AES-256-GCM) of the hub's secret; what one purpose closes, no other opens. */
export function createSeal(secret: Uint8Array, purpose: string): Seal {
  const key = createHash('sha256').update(purpose).update(secret).digest()
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
        return undefined
      }
    },
  }
}
