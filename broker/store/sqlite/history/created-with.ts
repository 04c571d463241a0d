import type { Iri } from '../../../core/model/iri.ts'
import type { Database } from '../connection.ts'
import { prepareLists } from '../statements.ts'

/** So many keys of entities are known by what they were created with. */
const KNOWN = 200_000

/**
 * Answers a function that tells which keys are of entities that may have been created with an attribute: what the log
 * records of their creation name, which never becomes more.
 */
export function createdWith(
  database: Database,
  most = KNOWN,
): (subjects: readonly number[], attribute: Iri) => readonly number[] {
  const names = prepareLists<readonly [subject: number, names: string]>(
    database,
    `SELECT subjects.value, (SELECT json_group_array(key) FROM json_each(log.after, '$.attributes'))
    FROM json_each(?) AS subjects CROSS JOIN log ON log.sequence = subjects.value
    WHERE log.collection = 'entity' AND log.action = 'created'`,
  )
  const known = new Map<number, ReadonlySet<Iri>>()
  /** Most entities were created with the same attributes as others. */
  const sets = new Map<string, ReadonlySet<Iri>>()
  return (subjects, attribute) => {
    if (known.size + subjects.length > most) {
      known.clear()
      sets.clear()
    }
    const unknown = subjects.filter((subject) => !known.has(subject))
    if (unknown.length > 0) learn(unknown)
    return subjects.filter((subject) => known.get(subject)?.has(attribute))
  }

  function learn(subjects: readonly number[]): void {
    for (const subject of subjects) known.set(subject, NONE)
    for (const [subject, text] of names.all(JSON.stringify(subjects))) known.set(subject, setOf(text))
  }

  function setOf(text: string): ReadonlySet<Iri> {
    const set = sets.get(text) ?? new Set<Iri>(JSON.parse(text))
    sets.set(text, set)
    return set
  }
}

const NONE: ReadonlySet<Iri> = new Set()
