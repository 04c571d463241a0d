import type { Iri } from '../../core/model/iri.ts'
import { SCOPE, type TimeWindow } from '../../core/model/temporal.ts'
import { attributesOf } from '../../core/query/needs.ts'
import type { SourceTime } from '../../core/query/parse-source-time.ts'
import { distinct } from '../ask-forwards.ts'
import type { FederatedQuery, FederationDependencies } from '../federation.ts'
import { withSource } from '../forward/source-connection.ts'
import { aliasOf } from '../forward/via.ts'
import { failureWarnings } from '../forward/warning.ts'
import { shareIds } from '../maps/share-ids.ts'
import { type MatchedSources, matchSources } from '../match-sources.ts'
import { judgedBy } from '../read-sources.ts'
import type { Forward } from '../registry/match-registrations.ts'
import { askEvolutions, type EvolutionAnswer } from './ask-evolutions.ts'
import type { EvolutionCopy } from './combine-evolutions.ts'

/** A read of history that other hubs are asked for too. */
export interface FederatedTemporal extends Omit<FederatedQuery, 'limit' | 'byBody'> {
  /** One evolution is retrieved. */
  readonly id?: string
  readonly window?: TimeWindow
  readonly lastN?: number
  /** Only these registrations are asked, each for the entities that it has, as an EntityMap says. */
  readonly held?: ReadonlyMap<string, readonly string[]>
  /** Attributes that are to be told; absent: all. */
  readonly wanted?: readonly Iri[]
}

/** What sources told of evolutions. */
export interface FederatedEvolutions {
  readonly copies: readonly EvolutionCopy[]
  /** No registration matched: the answer is this hub's alone. */
  readonly alone: boolean
  readonly warnings: readonly string[]
}

/** So many evolutions of one source are looked at in the course of one query. */
const MOST_EVOLUTIONS = 1000

/**
 * Asks the sources of history whose interval has a part in the time that is asked for and that offer the operation (CIM
 * 009 v1.9.1, 5.7.3.4, 5.7.4.4, 5.10.2.4). Each is read to its end; what it could not tell is a warning.
 */
export async function findEvolutions(
  dependencies: FederationDependencies,
  read: FederatedTemporal,
): Promise<FederatedEvolutions> {
  const { forwards, warnings } = matchTemporal(dependencies, read)
  const judging = judgedBy(dependencies, { ...read, limit: MOST_EVOLUTIONS })
  const { id, window, lastN, query } = read
  const questions = forwards.flatMap((forward) => {
    const { pushed } = judging(forward)
    const asked = { id, window, lastN, pushed, limit: MOST_EVOLUTIONS }
    const ids = read.held ? (read.held.get(forward.registration.id) ?? []) : query.ids
    const parts = id === undefined && ids ? shareIds(forward, ids) : [forward]
    return (read.held && ids?.length === 0 ? [] : parts).map((part) => ({ forward: part, ...asked }))
  })
  const answers = await Promise.all(questions.map((question) => askOne(dependencies, read, question)))
  return {
    copies: answers.flatMap(({ copies }) => copies),
    alone: forwards.length === 0,
    warnings: distinct([...warnings, ...answers.flatMap((answer) => answer.warnings)]),
  }
}

function matchTemporal(dependencies: FederationDependencies, read: FederatedTemporal): MatchedSources {
  const { id, query, window, wanted } = read
  const attributes =
    wanted && [...new Set([...wanted, ...attributesOf(query)])].filter((name) => name !== SCOPE)
  const request = {
    operations: [id === undefined ? 'queryTemporal' : 'retrieveTemporal'],
    ...(query.csf && { csf: query.csf }),
    ...(attributes && attributes.length > 0 && { attributes }),
  }
  const subjects = id === undefined ? (query.selectors ?? [query]) : [{ ids: [id] }]
  const matched = subjects.flatMap(({ types, ids, idPattern }) =>
    timesOf(window).map((temporal) =>
      matchSources(dependencies, read, {
        ...request,
        temporal,
        ...(types && { types }),
        ...(ids && { ids }),
        ...(idPattern !== undefined && { idPattern }),
      }),
    ),
  )
  return {
    forwards: distinctForwards(matched.flatMap(({ forwards }) => forwards)),
    warnings: distinct(matched.flatMap(({ warnings }) => warnings)),
  }
}

/** Where no time is asked for, it is all of it, of either interval. */
function timesOf(window: TimeWindow | undefined): readonly SourceTime[] {
  if (!window) return [{ interval: 'observation' }, { interval: 'management' }]
  const { property, from, to } = window
  return [
    {
      interval: property === 'observedAt' ? 'observation' : 'management',
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    },
  ]
}

function distinctForwards(forwards: readonly Forward[]): readonly Forward[] {
  const known = new Map(
    forwards.map((forward) => [
      JSON.stringify({ ...forward, registration: forward.registration.id }),
      forward,
    ]),
  )
  return [...known.values()]
}

interface NamedAnswer extends Pick<FederatedEvolutions, 'copies' | 'warnings'> {}

async function askOne(
  dependencies: FederationDependencies,
  read: FederatedTemporal,
  question: Parameters<typeof askEvolutions>[1],
): Promise<NamedAnswer> {
  const { registration } = question.forward
  const { failure, ...answer } = await withSource<EvolutionAnswer>(dependencies, read, {
    registration,
    reads: true,
    work: (connection) =>
      askEvolutions(connection, {
        ...question,
        // the client's filters are words of its own @context
        pushed: connection.translated ? undefined : question.pushed,
      }),
  })
  const { entities, warnings } = { ...NOTHING, ...answer }
  const own = aliasOf(dependencies.alias, read.tenant)
  const auxiliary = registration.mode === 'auxiliary' && { auxiliary: true as const }
  return {
    copies: entities.map((entity) => ({ source: registration.id, entity, ...auxiliary })),
    warnings: [...failureWarnings(own, registration, failure), ...warnings],
  }
}

const NOTHING: EvolutionAnswer = { entities: [], warnings: [] }
