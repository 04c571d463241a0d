import { distinct } from '../ask-forwards.ts'
import type { FederatedQuery, FederationDependencies } from '../federation.ts'
import { askSource, type SourceQuestion } from '../forward/ask-source.ts'
import {
  type Called,
  type OnBehalf,
  type SourceConnection,
  withSource,
} from '../forward/source-connection.ts'
import { aliasOf } from '../forward/via.ts'
import { failureWarnings } from '../forward/warning.ts'
import { queryQuestions } from '../read-sources.ts'
import { askEntityMap, type SourceCandidates } from './ask-entity-map.ts'

/** Which entities other hubs have of a query. */
export interface FederatedCandidates {
  /** Registrations by the entities that they have. */
  readonly held: ReadonlyMap<string, ReadonlySet<string>>
  /** EntityMaps that sources made of the query, by registration. */
  readonly linked: ReadonlyMap<string, string>
  /** Every source applied the filters of the query itself. */
  readonly filtered: boolean
  /** Every source answered, and with all that it has. */
  readonly complete: boolean
  readonly warnings: readonly string[]
}

const MAP_OPERATION = 'createEntityMapQueryEntity'

/**
 * Asks all matching sources which entities they have of a query: those that offer it for an EntityMap (CIM 009 v1.9.1,
 * 5.14.4), the others, and those that make none although they offer it, for the entities themselves.
 */
export async function findCandidates(
  dependencies: FederationDependencies,
  read: FederatedQuery,
): Promise<FederatedCandidates> {
  const { questions, warnings } = queryQuestions(dependencies, read)
  const answers = await Promise.all(
    questions.map((question) => askOne(dependencies, read, questions, question)),
  )
  const held = new Map<string, Set<string>>()
  const linked = new Map<string, string>()
  for (const { registration, ids, map } of answers) {
    if (map !== undefined) linked.set(registration, map)
    for (const id of ids) held.set(id, (held.get(id) ?? new Set()).add(registration))
  }
  return {
    held,
    linked,
    filtered: answers.every(({ filtered }) => filtered),
    complete: warnings.length === 0 && answers.every(({ complete }) => complete),
    warnings: distinct([...warnings, ...answers.flatMap((answer) => answer.warnings)]),
  }
}

interface NamedCandidates extends SourceCandidates {
  readonly registration: string
  readonly filtered: boolean
}

async function askOne(
  dependencies: FederationDependencies,
  read: OnBehalf,
  all: readonly SourceQuestion[],
  question: SourceQuestion,
): Promise<NamedCandidates> {
  const { registration } = question.forward
  // one map for a source: where it is asked for several parts, none of its maps would hold them all
  const alone = all.every((other) => other === question || other.forward.registration !== registration)
  const mapped = alone && !question.more?.length && registration.operations.has(MAP_OPERATION)
  const { failure, ...answer } = await withSource<SourceCandidates & { readonly filtered: boolean }>(
    dependencies,
    read,
    {
      registration,
      work: async (connection) => {
        const pushed = question.pushed && !connection.translated ? { pushed: question.pushed } : {}
        const made = mapped ? await askEntityMap(connection, question.forward, pushed) : undefined
        const candidates = made ?? (await readIds(dependencies, connection, question))
        return {
          ...candidates,
          filtered: !question.unfiltered && !(question.pushed && connection.translated),
        }
      },
    },
  )
  const own = aliasOf(dependencies.alias, read.tenant)
  const told = failureWarnings(own, registration, failure)
  const found = { ...NOTHING, ...answer }
  return { ...found, registration: registration.id, warnings: [...told, ...found.warnings] }
}

const NOTHING = { ids: [], complete: false, filtered: true, warnings: [] }

async function readIds(
  dependencies: FederationDependencies,
  connection: SourceConnection,
  question: SourceQuestion,
): Promise<Called<SourceCandidates>> {
  const { entities, ...answer } = await askSource(dependencies, connection, question)
  return { ...answer, ids: entities.map(({ id }) => id) }
}
