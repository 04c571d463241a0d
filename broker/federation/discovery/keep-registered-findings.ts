import type { Registration, RegistrationInfo } from '../registry/registration.ts'
import type { Finding } from './read-findings.ts'

/** Keeps of what a source told only types and attributes that it registered: it cannot slip in anything else. */
export function keepRegisteredFindings(
  { information }: Registration,
  findings: readonly Finding[],
): readonly Finding[] {
  return findings.filter((finding) => information.some((info) => covers(info, finding)))
}

function covers({ entities, attributes }: RegistrationInfo, { type, attribute }: Finding): boolean {
  const ofType =
    type === undefined ||
    entities.length === 0 ||
    entities.some(({ types }) => types.length === 0 || types.includes(type))
  return ofType && (attribute === undefined || attributes.length === 0 || attributes.includes(attribute))
}
