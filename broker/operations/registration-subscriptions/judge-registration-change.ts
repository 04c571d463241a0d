import type { LogRecord } from '../../core/model/change.ts'
import { type JsonObject, jsonEqual } from '../../core/model/json.ts'
import { readRegistration } from '../../federation/registry/registration.ts'
import { SEALED_MEMBER } from '../registrations/registration-secrets.ts'
import { type Concern, type Judging, relevantRegistration } from './relevant-registration.ts'

/** Why a subscriber is told of a registration (CIM 009 v1.9.1, 5.3.3). */
export type TriggerReason = 'newlyMatching' | 'updated' | 'noLongerMatching'

/** What a subscriber is told of one registration: what of it concerns the subscription, or did before. */
export interface ToldRegistration {
  readonly reason: TriggerReason
  readonly document: JsonObject
}

/** Answers what a change of a registration tells a subscription (CIM 009 v1.9.1, 5.11.7); undefined: nothing. */
export function judgeRegistrationChange(
  { before, after }: LogRecord,
  concern: Concern,
  judging: Judging,
): ToldRegistration | undefined {
  const was = relevantPart(before, concern, { ...judging, now: 0 })
  const is = relevantPart(after, concern, judging)
  if (!is) return was && { reason: 'noLongerMatching', document: was }
  if (!was) return { reason: 'newlyMatching', document: is }
  return isSame(before as JsonObject, after as JsonObject) ? undefined : { reason: 'updated', document: is }
}

function relevantPart(
  document: LogRecord['before'],
  concern: Concern,
  judging: Judging,
): JsonObject | undefined {
  if (!document) return undefined
  return relevantRegistration(readRegistration(document as JsonObject), concern, judging) // records of documents hold documents
}

/** Times of the system and credentials, which are sealed anew each time, are not what a subscriber is told of. */
function isSame(before: JsonObject, after: JsonObject): boolean {
  const bare = ({ modifiedAt: _, [SEALED_MEMBER]: __, ...members }: JsonObject): JsonObject => members
  return jsonEqual(bare(before), bare(after))
}
