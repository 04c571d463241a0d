import { attributesOf } from '../../core/query/needs.ts'
import { askForwards, distinct } from '../ask-forwards.ts'
import type { FederatedCopies, FederatedQuery, FederationDependencies } from '../federation.ts'
import { matchQuery } from '../read-sources.ts'
import { shareIds } from './share-ids.ts'

/** A read of entities of which it is known who has them. */
export interface FederatedHeld extends Omit<FederatedQuery, 'limit' | 'pushable'> {
  /** What each registration is asked for. */
  readonly held: ReadonlyMap<string, readonly string[]>
  /** EntityMaps at the sources, by registration: each is handed on (CIM 009 v1.9.1, 5.7.2.4). */
  readonly linked: Readonly<Record<string, string>>
}

export interface HeldCopies extends Omit<FederatedCopies, 'alone'> {
  /** Registrations that gave no answer, or not all of it: what they have is not known. */
  readonly silent: ReadonlySet<string>
  /** Registrations whose source does not know its EntityMap any more. */
  readonly lost: ReadonlySet<string>
}

/** Asks sources by ids for the entities that they have, whole and without filters, in requests of bounded length. */
export async function heldCopies(
  dependencies: FederationDependencies,
  read: FederatedHeld,
): Promise<HeldCopies> {
  const { query, held, linked } = read
  const ids = [...new Set([...held.values()].flat())]
  const { types, csf, attributes } = query
  const wanted = attributes && [...new Set([...attributes, ...attributesOf(query)])]
  const asked = { ...(types && { types }), ...(csf && { csf }), ...(wanted && { attributes: wanted }), ids }
  const { forwards, warnings, own } = matchQuery(dependencies, { ...read, query: asked })
  const questions = forwards.flatMap((forward) => {
    const { id } = forward.registration
    const map = linked[id] === undefined ? {} : { entityMap: linked[id] }
    return shareIds(forward, held.get(id) ?? []).map((part) => ({
      forward: part,
      limit: part.ids.length,
      ...map,
    }))
  })
  const answers = await Promise.all(
    questions.map(async (question) => ({
      registration: question.forward.registration.id,
      ...(await askForwards(dependencies, read, [question], own)),
    })),
  )
  const reached = new Set(questions.map(({ forward }) => forward.registration.id))
  const failed = answers.filter(({ complete }) => !complete)
  return {
    copies: answers.flatMap(({ copies }) => copies),
    warnings: distinct([...warnings, ...answers.flatMap((answer) => answer.warnings)]),
    silent: new Set([
      ...[...held.keys()].filter((id) => !reached.has(id)),
      ...failed.map(({ registration }) => registration),
    ]),
    lost: new Set(answers.flatMap(({ registration, lostMap }) => (lostMap ? [registration] : []))),
    ...(own && { own }),
  }
}
