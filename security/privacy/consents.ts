import { badRequestData, Problem } from '../../broker/core/model/problem.ts'
import { pastIn, type Register, timeIn, written } from './register.ts'

/**
 * Consents that can be proved: who, for what, to which classes of data, when, how, and the hash of the evidence. Nothing of
 * it has a default: silence is no consent.
 */
export const CONSENTS: Register = {
  ofPerson: 'referred',
  sealed: [],
  create: (given, { now, purposes }) => {
    pastIn(given, 'givenAt', now)
    if (purposes.length > 0 && !purposes.includes(String(given.purpose)))
      throw badRequestData('Purpose of the consent is none that the configuration knows')
    if (given.child === true && given.guardian !== true)
      throw badRequestData('Consent of a child is given without its guardian')
    return given
  },
  apply: (record, { withdrawnAt, ...how }, { now }) => {
    if (record.withdrawnAt !== undefined) throw new Problem('Conflict', 'Consent is withdrawn already')
    const at = pastIn({ withdrawnAt: withdrawnAt ?? null }, 'withdrawnAt', now)
    return { ...record, ...written('withdrawnAt', at), withdrawal: how }
  },
  show: (record, { now }) => {
    const until = timeIn(record, 'until')
    const isInForce = record.withdrawnAt === undefined && (until === undefined || until > now)
    return { ...record, state: isInForce ? 'open' : 'closed', overdue: [] }
  },
}
