import type { TermTable } from '../../core/context/term-table.ts'
import { type LinkedText, type MarkedLink, placeLinks } from '../../core/view/links.ts'
import { render } from '../../core/view/render.ts'
import { renderFeature } from '../../core/view/render-feature.ts'
import { renderKey } from '../../core/view/render-key.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import type { ToldEntity } from '../../core/view/told.ts'
import type { NotifiedEntity } from '../notified-entity.ts'
import { RecentWork } from '../recent-work.ts'
import type { Subscription } from '../subscription.ts'
import { tellEntity } from './tell-entity.ts'

/** How one notification writes its entities. */
export interface Script {
  readonly subscription: Subscription
  readonly table: TermTable
}

/** An entity of a notification, written; without links when none were looked for. */
export interface EntityText extends Partial<LinkedText> {
  readonly id: string
  /** Absent: the projection leaves nothing of it. */
  readonly text?: string
}

/** Writes an entity of a notification. */
export type WriteEntity = (notified: NotifiedEntity, script: Script) => EntityText

/**
 * Answers a writer of entities that writes one change once for all subscriptions that are told the same of it at about the
 * same time.
 */
export function entityWriter(): WriteEntity {
  const written = new RecentWork<EntityText>()
  const keys = new WeakMap<RenderOptions, string>()

  return (notified, script) => {
    const told = tellEntity(notified, script.subscription)
    if (!told) return { id: notified.id }
    // more than the state after the change is made for one subscription, and known by what it is made of
    const holder = told === notified.after ? told : notified.changes
    return written.of(holder, keyOf(script, told === notified.after), () => writeEntity(told, script))
  }

  function keyOf({ subscription, table }: Script, plain: boolean): string {
    const { options, endpoint, join, showChanges, triggers, watchedAttributes } = subscription
    const form = keys.get(options) ?? renderKey(options)
    keys.set(options, form)
    const key = `${table.hash}|${endpoint.accept}|${join ? 'l' : ''}|${form}`
    if (plain) return key
    return `${key}|${showChanges}|${[...triggers].sort()}|${[...(watchedAttributes ?? [])].sort()}`
  }
}

/** Tells whether a subscription wants GeoJSON (CIM 009 v1.9.1, 5.3.1). */
export function wantsFeatures({ endpoint }: Pick<Subscription, 'endpoint'>): boolean {
  return endpoint.accept === 'application/geo+json'
}

function writeEntity(entity: ToldEntity, { subscription, table }: Script): EntityText {
  const { options, join } = subscription
  const marked: MarkedLink[] | undefined = join ? [] : undefined
  const writing = { options, table, links: marked, told: true } as const
  const text = wantsFeatures(subscription) ? renderFeature(entity, writing) : render(entity, writing)
  if (text === undefined) return { id: entity.id }
  return { id: entity.id, ...(marked ? placeLinks(text, marked) : { text }) }
}
