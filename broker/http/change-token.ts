import { createSeal } from '../../security/seal.ts'
import { badRequestData } from '../core/model/problem.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { LogPosition } from '../operations/changes/log-position.ts'

/** Writes places of a tenant's log as tokens that tell nobody anything, and reads them. */
export interface ChangeTokens {
  close(position: LogPosition, tenant: Tenant): string
  /** @throws Problem BadRequestData when this hub did not make it for this tenant */
  open(token: string, tenant: Tenant): LogPosition
}

/** Makes tokens. They are bound to hub and tenant, not to what somebody sees: rights may change between two requests. */
export function changeTokens(secret: Uint8Array): ChangeTokens {
  const seal = createSeal(secret, 'changes')
  return {
    // of one length: how many changes there are is nobody's business
    close: ({ sequence, at }, tenant) => seal.close(`${padded(sequence)} ${padded(at)}`, tenant),
    open: (token, tenant) => {
      const [sequence, at] = seal.open(token, tenant)?.split(' ').map(Number) ?? []
      if (sequence !== undefined && at !== undefined) return { sequence, at }
      throw badRequestData('Parameter after is no token that this hub gave for changes of this tenant')
    },
  }
}

const DIGITS = 16

function padded(number: number): string {
  return String(number).padStart(DIGITS, '0')
}
