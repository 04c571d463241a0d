import type { HubProcessAnswer } from '../support/hub-process.ts'
import type { Outcome } from './ledger.ts'

/** What a write came to, part by part. */
export interface Told {
  /** Status of the answer; absent: none came. */
  readonly status?: number
  /** What became of an entity at a city, and (without a city) at the province itself. */
  ofEntity(id: string, city?: string): Outcome
  /** What became of an attribute. */
  ofAttribute(name: string): Outcome
}

interface EntityError {
  readonly entityId: string
  readonly error?: { readonly status?: number; readonly type?: string }
  readonly registrationId?: string
}

interface Mixed {
  readonly success?: readonly string[]
  readonly errors?: readonly EntityError[]
  readonly updated?: readonly string[]
}

/** Reads an answer to a write (CIM 009 v1.9.1, 5.2.16 to 5.2.18); `undefined`: none came. */
export function told(answer: HubProcessAnswer | undefined): Told {
  const { status, body } = answer ?? {}
  const all = (): Outcome => outcomeOf(status)
  if (status !== 207) return { ...(status !== undefined && { status }), ofEntity: all, ofAttribute: all }
  const mixed = { ...(body as Mixed) } // 207 has one of the two
  return {
    status,
    ofEntity: (id, city) => ofEntity(mixed, id, city),
    ofAttribute: (name) => (mixed.updated?.some((each) => each.endsWith(name)) ? 'acked' : 'unknown'),
  }
}

function ofEntity({ success = [], errors = [] }: Mixed, id: string, city: string | undefined): Outcome {
  const own = errors.filter(({ entityId }) => entityId === id)
  const error = own.find(({ registrationId }) =>
    city === undefined ? registrationId === undefined : registrationId?.split(':')[2] === city,
  )
  if (error) return outcomeOf(error.error?.status)
  // an error that names no registration may be that of any part
  const isOpen = own.some(({ registrationId }) => registrationId === undefined)
  return success.includes(id) || (own.length > 0 && !isOpen) ? 'acked' : 'unknown'
}

/** Only a definite no says that nothing has happened. */
function outcomeOf(status: number | undefined): Outcome {
  if (status === undefined || status >= 500) return 'unknown'
  return status < 300 ? 'acked' : 'refused'
}
