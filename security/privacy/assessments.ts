import type { JsonObject } from '../../broker/core/model/json.ts'
import { jsonEqual } from '../../broker/core/model/json.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import { pastIn, type Register, textsIn, timeIn, written } from './register.ts'

const DAY = 86_400_000_000
/** The dossier is made within so many days of the beginning of the processing. */
const DOSSIER_DAYS = 60
/** It is looked at again within so many days (six months) of a change. */
const REVIEW_DAYS = 182

/**
 * Impact assessments, one for each feed: what it is for, which personal attributes it brings, and when that is to be looked at
 * again. A task is open while entities have attributes that nobody assessed.
 */
export const ASSESSMENTS: Register = {
  sealed: [],
  create: (given, { now }) => ({ ...given, ...written('changedAt', pastIn(given, 'startedAt', now)) }),
  apply: (record, { reviewedAt, ended, ...content }, { now }) => {
    if (record.endedAt !== undefined) throw new Problem('Conflict', 'Assessment has ended already')
    const changed = ['types', 'purposes', 'attributes'].some(
      (name) => content[name] !== undefined && !jsonEqual(content[name], record[name]),
    )
    return {
      ...record,
      ...content,
      ...(changed && written('changedAt', now)),
      ...(reviewedAt !== undefined && written('reviewedAt', pastIn({ reviewedAt }, 'reviewedAt', now))),
      ...(ended && written('endedAt', now)),
    }
  },
  show: (record, { now, attributesOf }) => {
    const reviewed = timeIn(record, 'reviewedAt') ?? 0
    const changed = timeIn(record, 'changedAt') ?? 0
    const dossierBy = (timeIn(record, 'startedAt') ?? 0) + DOSSIER_DAYS * DAY
    const reviewBy = Math.max(reviewed, changed) + REVIEW_DAYS * DAY
    const isOpen = record.endedAt === undefined
    const overdue = [
      ...(isOpen && record.dossier === undefined && now > dossierBy ? ['dossier'] : []),
      ...(isOpen && now > reviewBy ? ['review'] : []),
    ]
    return {
      ...record,
      ...written('dossierBy', dossierBy),
      ...written('reviewBy', reviewBy),
      tasks: isOpen ? tasksOf(record, attributesOf) : [],
      state: isOpen ? 'open' : 'closed',
      overdue,
    }
  },
}

function tasksOf(
  record: JsonObject,
  attributesOf: (type: string) => readonly string[],
): readonly JsonObject[] {
  const assessed = new Set(textsIn(record, 'attributes'))
  return textsIn(record, 'types').flatMap((type) => {
    const unknown = attributesOf(type).filter((name) => !assessed.has(name))
    return unknown.length > 0 ? [{ task: 'assess', type, attributes: unknown }] : []
  })
}
