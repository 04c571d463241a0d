import type { DocumentInstance, EntityDocument } from '../values/entity-document.ts'
import { instancesOf } from '../values/entity-document.ts'
import type { JsonMap } from '../values/json.ts'
import { canonical } from '../values/json.ts'
import { compareTimes } from '../values/local-time.ts'
import type { HubClient } from './hub-client.ts'
import { HubRefusal } from './hub-connection.ts'

const IDS_PER_REQUEST = 40

/** What the hub holds of one attribute instance. */
interface Known {
  readonly text: string
  readonly observedAt?: string
}

/** What to do with an instance that a record brings. */
export type Verdict = 'send' | 'unchanged' | 'late'

/** What the hub holds of the entities that an input is about. */
export class KnownState {
  readonly #entities = new Map<string, Map<string, Known>>()
  readonly #context: string

  constructor(context: string) {
    this.#context = context
  }

  /** Reads the entities that are not known yet. Documents with an @context of their own are not compared. */
  async read(client: HubClient, documents: readonly EntityDocument[]): Promise<void> {
    for (const [type, ids] of this.#unknown(documents)) {
      for (let at = 0; at < ids.length; at += IDS_PER_REQUEST) {
        const some = ids.slice(at, at + IDS_PER_REQUEST)
        for (const id of some) this.#entities.set(id, new Map())
        for (const entity of await this.#entitiesOf(client, type, some)) this.keep(entity)
      }
    }
  }

  /** Remembers what the hub holds now: the newest observation of each attribute. */
  keep(document: EntityDocument): void {
    const known = this.#entities.get(document.id) ?? new Map<string, Known>()
    for (const { key, instance, observedAt } of instancesOf(document)) {
      if (isOlder(observedAt, known.get(key)?.observedAt)) continue
      known.set(key, { text: comparable(instance), ...(observedAt !== undefined && { observedAt }) })
    }
    this.#entities.set(document.id, known)
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
      return known.text === comparable(instance) && observedAt === undefined ? 'unchanged' : 'send'
    }
    if (isOlder(observedAt, known.observedAt)) return 'late'
    const same = compareTimes(observedAt, known.observedAt) === 0 && known.text === comparable(instance)
    return same ? 'unchanged' : 'send'
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
const NOT_COMPARED = new Set(['observedAt', 'createdAt', 'modifiedAt', 'instanceId', 'qualityFlag'])

function comparable(instance: JsonMap): string {
  return canonical(Object.fromEntries(Object.entries(instance).filter(([name]) => !NOT_COMPARED.has(name))))
}
