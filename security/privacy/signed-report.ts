import { canonicalJson, isJsonObject, type JsonObject } from '../../broker/core/model/json.ts'
import { isSigned, signingKey } from '../signing-key.ts'

/** A report with who vouches for it: signed is its canonical text without the signature. */
export type SignedReport = JsonObject & { readonly signature: JsonObject }

/** Signs reports in the name of the hub. */
export interface ReportKey {
  /** Public half, base64url. */
  readonly publicKey: string
  sign(report: JsonObject): SignedReport
}

const ALGORITHM = 'Ed25519'
const ID_LENGTH = 16

/** Derives the key of a hub from its secret: it is kept nowhere else, and the same after every start. */
export function createReportKey(secret: Uint8Array): ReportKey {
  const { id: publicKey, sign } = signingKey(secret, 'privacy-report')
  return {
    publicKey,
    sign: (report) => {
      const keyId = publicKey.slice(0, ID_LENGTH)
      return {
        ...report,
        signature: { algorithm: ALGORITHM, keyId, publicKey, value: sign(canonicalJson(report)) },
      }
    },
  }
}

/** Tells whether a report is as the owner of the key that it names signed it; answers that key, base64url. */
export function verifyReport(report: JsonObject): string | undefined {
  const { signature, ...signed } = report
  if (!isJsonObject(signature) || signature.algorithm !== ALGORITHM) return undefined
  const { publicKey, value } = signature
  if (typeof publicKey !== 'string' || typeof value !== 'string') return undefined
  return isSigned(canonicalJson(signed), value, publicKey) ? publicKey : undefined
}
