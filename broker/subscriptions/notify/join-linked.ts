import type { Link } from '../../core/view/links.ts'
import type { NotificationJoin } from '../subscription.ts'
import { type EntityText, wantsFeatures } from './entity-texts.ts'
import type { Notice } from './notice.ts'

/** An entity that others are joined to, written, with the places where they can stand. */
export interface LinkingEntity {
  readonly id: string
  readonly text: string
  readonly links: readonly Link[]
}

/** Whose linked entities are joined, and how they are written. */
export interface Joined
  extends Pick<Notice, 'tenant' | 'view' | 'table' | 'disclose'>,
    Pick<Notice['subscription'], 'options'> {
  readonly features: boolean
  readonly join: NotificationJoin
}

/**
 * Joins to entities what they link to (CIM 009 v1.9.1, 4.5.23), as whoever has the view sees it: one text for each
 * entity, and flat for each linked one after them. @throws Problem TooComplexQuery, TooManyResults
 */
export type JoinLinked = (entities: readonly LinkingEntity[], how: Joined) => Promise<readonly string[]>

/** Answers the texts of the entities of a notice, with those that are linked to them where the subscription wants them. */
export async function linkedTexts(
  joinLinked: JoinLinked,
  notice: Notice,
  written: readonly EntityText[],
): Promise<readonly string[]> {
  const { subscription, tenant, view, table, disclose } = notice
  const { join, options } = subscription
  if (!join) return written.flatMap(({ text }) => text ?? [])
  const entities = written.flatMap(({ id, text, links = [] }) =>
    text === undefined ? [] : [{ id, text, links }],
  )
  if (entities.length === 0) return []
  return joinLinked(entities, {
    ...{ tenant, view, table, options, join },
    features: wantsFeatures(subscription),
    ...(disclose && { disclose }),
  })
}
