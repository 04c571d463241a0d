import { EgressFailed, EgressRefused } from '../../../security/egress/egress.ts'

/** Why a message could not be sent: by whom, and the code of what failed; nothing that another party wrote. */
export function failureReason(error: unknown, host: string): string {
  const text =
    error instanceof EgressFailed || error instanceof EgressRefused
      ? error.message
      : `${host} cannot be reached`
  const code = codeOf(error)
  return code === undefined || error instanceof EgressRefused ? text : `${text} (${code})`
}

/** Code of an error or of what it comes from, such as ECONNREFUSED. */
function codeOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string' && /^[A-Z0-9_]{2,60}$/.test(cause.code))
      return cause.code
  }
  return undefined
}
