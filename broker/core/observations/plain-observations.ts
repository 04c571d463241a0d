import type { TermTable } from '../context/term-table.ts'
import type { Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import { Problem } from '../model/problem.ts'
import { type Micros, parseDateTime } from '../model/time.ts'
import type { HistoricInstance } from '../temporal/history-instances.ts'
import { decodeObservation } from './decode-observation.ts'
import type { Observation } from './observation.ts'

/** So much is remembered of each kind. */
const KNOWN = 100_000

/** Who is observed, as a line says. */
export type ObservedEntity = Pick<Observation, 'id' | 'types'>

/** What values of a line have in common. */
export type CommonMembers = Pick<Instance, 'datasetId' | 'unitCode'>

/**
 * Decodes lines of plain numbers without a look at each part: what a name, an id and a type mean is what
 * `decodeObservation` made of them when they came first. What it does not know it leaves to that.
 */
export class PlainObservations {
  readonly #table: TermTable
  readonly #names = new Map<string, Iri | undefined>()
  readonly #entities = new Map<string, ObservedEntity | undefined>()
  readonly #members = new Map<string, CommonMembers | undefined>()

  constructor(table: TermTable) {
    this.#table = table
  }

  /** Answers what `decodeObservation` answers for a line of plain numbers with one time; undefined: it is none. */
  ofJson(line: JsonValue, now: Micros): Observation | undefined {
    if (!isJsonObject(line)) return undefined
    const { id, type, observedAt } = line
    if (typeof id !== 'string' || typeof type !== 'string' || typeof observedAt !== 'string') return undefined
    const [entity, time] = [this.entity(id, type), parseDateTime(observedAt)]
    if (!entity || time === undefined) return undefined
    const instances: HistoricInstance[] = []
    for (const name in line) {
      if (name === 'id' || name === 'type' || name === 'observedAt') continue
      const value = line[name]
      const attribute = this.attribute(name)
      if (typeof value !== 'number' || !Number.isFinite(value) || attribute === undefined) return undefined
      if (instances.some((other) => other.attribute === attribute)) return undefined
      instances.push({ attribute, instance: plainInstance(value, time, { now }) })
    }
    return { id: entity.id, types: entity.types, instances }
  }

  /** Answers what a name means under which a number can stand; undefined: another decoder can tell. */
  attribute(name: string): Iri | undefined {
    return remembered(this.#names, name, () => {
      const [only, other] = this.#decode({ [name]: 0 }).instances
      return other ? undefined : only?.attribute
    })
  }

  /** Answers who is meant, when `read` says what the text of its type holds; undefined: another decoder can tell. */
  entity(id: string, type: string, read: (type: string) => JsonValue = whole): ObservedEntity | undefined {
    return remembered(this.#entities, `${type} ${id}`, () => {
      const { types } = this.#decode({ id: whole(id), type: read(type) })
      return { id: whole(id), types }
    })
  }

  /** Answers members as a value has them; undefined: another decoder can tell. */
  members(unitCode: string, datasetId: string): CommonMembers | undefined {
    if (unitCode === '' && datasetId === '') return NONE
    return remembered(this.#members, `${datasetId} ${unitCode}`, () => {
      const given = { ...(unitCode !== '' && { unitCode }), ...(datasetId !== '' && { datasetId }) }
      const [only] = this.#decode({ probe: { type: 'Property', value: 0, ...given } }).instances
      return { ...(only && commonMembers(only.instance)) }
    })
  }

  #decode(members: { readonly [name: string]: JsonValue }): Observation {
    return decodeObservation({ ...PROBE, ...members }, this.#table, 0)
  }
}

const PROBE = { id: 'urn:ngsi-ld:Probe:1', type: 'Probe', observedAt: '2000-01-01T00:00:00Z' }
const NONE: CommonMembers = {}

/** Makes an instance of a plain number, as it is given at `now`. */
export function plainInstance(
  value: number,
  observedAt: Micros,
  { now, members = NONE }: { readonly now: Micros; readonly members?: CommonMembers },
): Instance {
  if (members === NONE) return { kind: 'Property', value, observedAt, createdAt: now, modifiedAt: now }
  return { kind: 'Property', value, observedAt, ...members, createdAt: now, modifiedAt: now }
}

function commonMembers({ datasetId, unitCode }: Instance): CommonMembers {
  return { ...(datasetId !== undefined && { datasetId }), ...(unitCode !== undefined && { unitCode }) }
}

/** What is refused is remembered too: the other decoder says why. */
function remembered<T>(
  known: Map<string, T | undefined>,
  key: string,
  find: () => T | undefined,
): T | undefined {
  const found = known.get(key)
  if (found !== undefined || known.has(key)) return found
  if (known.size >= KNOWN) known.clear()
  const made = unlessRefused(find)
  known.set(whole(key), made)
  return made
}

function unlessRefused<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** Copies a text that may be a part of a much larger one, which would stay in memory with it. */
export function whole(text: string): string {
  return JSON.parse(JSON.stringify(text))
}
