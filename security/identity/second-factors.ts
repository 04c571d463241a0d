import { createHash, randomBytes } from 'node:crypto'
import type { JsonObject } from '../../broker/core/model/json.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Seal } from '../seal.ts'
import type { IdentityDocuments } from './identity-documents.ts'
import { base32, stepOfCode } from './totp.ts'

/** How somebody showed a second factor. */
export type ShownFactor = 'code' | 'recovery'

/** Second factors of accounts, by the subjects of their tokens. */
export interface SecondFactors {
  /** Tells whether there is one that was set up after this time. */
  isSetUp(subject: string, since?: Micros): Promise<boolean>
  /**
   * Keeps a key that somebody showed the right code for, once that is on record; answers recovery codes, undefined: the code is
   * wrong. @throws what `record` throws: then nothing is kept
   */
  setUp(
    subject: string,
    { key, code }: { readonly key: Uint8Array; readonly code: string },
    record: () => Promise<void>,
  ): Promise<readonly string[] | undefined>
  /** Takes a code, once; undefined: it is wrong, or was used. */
  take(subject: string, code: string): Promise<ShownFactor | undefined>
}

const RECOVERY_CODES = 10
const RECOVERY_BYTES = 10
const NEVER = -1

/** Keeps second factors in the store: keys under seal, recovery codes as hashes. */
export function keepSecondFactors(
  documents: IdentityDocuments,
  { clock, seal }: { readonly clock: () => Micros; readonly seal: Seal },
): SecondFactors {
  const nameOf = (subject: string) => `second-factor:${subject}`
  const seconds = () => clock() / 1_000_000
  return {
    isSetUp: async (subject, since = 0) => {
      const kept = await documents.read(nameOf(subject))
      return kept !== undefined && Number(kept.at) >= since
    },
    setUp: async (subject, { key, code }, record) => {
      const step = stepOfCode(key, digitsOf(code), { seconds: seconds(), after: NEVER })
      if (step === undefined) return undefined
      await record()
      const codes = Array.from({ length: RECOVERY_CODES }, recoveryCode)
      await documents.write(nameOf(subject), {
        key: seal.close(Buffer.from(key).toString('base64url'), nameOf(subject)),
        at: clock(),
        step,
        recovery: codes.map((each) => hashOf(subject, each)),
      })
      return codes
    },
    take: async (subject, code) => {
      let shown: ShownFactor | undefined
      await documents.change(nameOf(subject), (kept) => {
        shown = undefined
        const next = kept && (withStep(kept) ?? withoutRecovery(kept))
        return next
      })
      return shown

      function withStep(kept: JsonObject): JsonObject | undefined {
        const key = seal.open(String(kept.key), nameOf(subject))
        if (key === undefined) return undefined
        const step = stepOfCode(Buffer.from(key, 'base64url'), digitsOf(code), {
          seconds: seconds(),
          after: Number(kept.step),
        })
        if (step === undefined) return undefined
        shown = 'code'
        return { ...kept, step }
      }

      function withoutRecovery(kept: JsonObject): JsonObject | undefined {
        const hashes = Array.isArray(kept.recovery) ? kept.recovery : []
        const hash = hashOf(subject, code)
        if (!hashes.includes(hash)) return undefined
        shown = 'recovery'
        return { ...kept, recovery: hashes.filter((each) => each !== hash) }
      }
    },
  }
}

function recoveryCode(): string {
  return base32(randomBytes(RECOVERY_BYTES)).replace(/(.{4})(?=.)/g, '$1-')
}

/** As it is typed: with or without hyphens and spaces, in any case. */
function hashOf(subject: string, code: string): string {
  const plain = code.replace(/[\s-]/g, '').toUpperCase()
  return createHash('sha256')
    .update(JSON.stringify([subject, plain]))
    .digest('base64url')
}

function digitsOf(code: string): string {
  return code.replace(/\s/g, '')
}
