import type { DocumentInstance, EntityDocument } from '../values/entity-document.ts'
import { instancesOf } from '../values/entity-document.ts'
import { isJsonMap, type Json, type JsonMap } from '../values/json.ts'
import { compareTimes } from '../values/local-time.ts'
import type { HubClient } from './hub-client.ts'
import { HubRefusal } from './hub-connection.ts'

const IDS_PER_REQUEST = 40

/** What the hub holds of one attribute instance. */
type Known = Pick<DocumentInstance, 'instance' | 'observedAt'>

/** What to do with an instance that a record brings; `newer` is sent as well: the hub never held one of its time. */
export type Verdict = 'newer' | 'send' | 'unchanged' | 'late'

/** What the hub holds of the entities that an input is about. */
export class KnownState {
  readonly #entities = new Map<string, Map<string, Known>>()
  readonly #context: string
  #reading: Promise<void> = Promise.resolve()

  constructor(context: string) {
    this.#context = context
  }

  /**
   * Reads the entities that are not known yet, after those that are being read. Documents with an @context of their own are not compared.
   */
  async read(client: HubClient, documents: readonly EntityDocument[]): Promise<void> {
    const reading = this.#reading.then(() => this.#read(client, documents))
    this.#reading = reading.catch(() => undefined)
    await reading
  }

  async #read(client: HubClient, documents: readonly EntityDocument[]): Promise<void> {
    for (const [type, ids] of this.#unknown(documents)) {
      for (let at = 0; at < ids.length; at += IDS_PER_REQUEST) {
        const some = ids.slice(at, at + IDS_PER_REQUEST)
        const entities = await this.#entitiesOf(client, type, some)
        for (const id of some) this.#entities.set(id, new Map())
        for (const entity of entities) this.keep(entity.id, instancesOf(entity))
      }
    }
  }

  /** Remembers what the hub holds now: the newest observation of each attribute. */
  keep(id: string, instances: readonly DocumentInstance[]): void {
    const known = this.#entities.get(id) ?? new Map<string, Known>()
    for (const next of instances) {
      if (!isOlder(next.observedAt, known.get(next.key)?.observedAt)) known.set(next.key, next)
    }
    this.#entities.set(id, known)
  }

  /** Forgets what was taken for granted, so that it is read again. */
  forget(id: string): void {
    this.#entities.delete(id)
  }

  /** Tells whether the hub holds such an instance, whatever its value. */
  has(id: string, key: string): boolean {
    return this.#entities.get(id)?.has(key) === true
  }

  /** The same value of the same time is not sent again; what is older than the hub's is `late`. */
  judge(id: string, { key, instance, observedAt }: DocumentInstance): Verdict {
    const known = this.#entities.get(id)?.get(key)
    if (!known) return 'send'
    if (observedAt === undefined || known.observedAt === undefined) {
      return observedAt === undefined && isSame(known.instance, instance) ? 'unchanged' : 'send'
    }
    const order = compareTimes(observedAt, known.observedAt)
    if (order !== 0) return order < 0 ? 'late' : 'newer'
    return isSame(known.instance, instance) ? 'unchanged' : 'send'
  }

  /** An id or type that the hub does not let pass is not there; the others of the request are asked for alone. */
  async #entitiesOf(
    client: HubClient,
    type: string,
    ids: readonly string[],
  ): Promise<readonly EntityDocument[]> {
    try {
      return await client.entities(type, ids, this.#context)
    } catch (error) {
      if (!(error instanceof HubRefusal) || error.status !== 400) throw error
      if (ids.length === 1) return []
      const single = []
      for (const id of ids) single.push(...(await this.#entitiesOf(client, type, [id])))
      return single
    }
  }

  #unknown(documents: readonly EntityDocument[]): Map<string, string[]> {
    const byType = new Map<string, string[]>()
    const seen = new Set<string>()
    for (const { id, type, '@context': context } of documents) {
      if (this.#entities.has(id) || seen.has(id) || (context !== undefined && context !== this.#context))
        continue
      seen.add(id)
      const name = typeof type === 'string' ? type : (type[0] ?? '')
      byType.set(name, [...(byType.get(name) ?? []), id])
    }
    return byType
  }
}

function isOlder(time: string | undefined, current: string | undefined): boolean {
  return time !== undefined && current !== undefined && compareTimes(time, current) < 0
}

/** Times, and what the feed itself says of an observation besides what the source does. */
const NOT_COMPARED = new Set([
  ...['observedAt', 'createdAt', 'modifiedAt', 'instanceId'],
  ...['qualityFlag', 'sourceRecord'],
])

/** Tells whether two instances say the same, whatever their times and the order of their members. */
function isSame(left: JsonMap, right: JsonMap): boolean {
  if (left === right) return true
  const names = Object.keys(left).filter((name) => !NOT_COMPARED.has(name))
  const others = Object.keys(right).filter((name) => !NOT_COMPARED.has(name))
  return names.length === others.length && names.every((name) => isEqual(left[name], right[name]))
}

function isEqual(left: Json | undefined, right: Json | undefined): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item: Json, at) => isEqual(item, right[at]))
  if (!isJsonMap(left) || !isJsonMap(right)) return left === right
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isEqual(left[name], right[name]))
  )
}
