import type { TermTable } from '../../core/context/term-table.ts'
import type { GeometryEngine } from '../../core/geo/engine.ts'
import type { Caller, Target } from '../../core/model/caller.ts'
import type { AttributeChange, LogRecord } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import { nameText } from '../../core/view/name-text.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { judgeChange } from '../../subscriptions/match/judge-change.ts'
import { seeChange } from '../../subscriptions/match/see-change.ts'
import { selectChange } from '../../subscriptions/match/select-change.ts'
import type { NotifiedEntity } from '../../subscriptions/notified-entity.ts'
import { storedSubscription } from '../../subscriptions/read-subscription.ts'
import type { Trigger } from '../../subscriptions/subscription.ts'
import type { Command } from '../command.ts'
import type { Rendering } from '../entities/read-dependencies.ts'
import { renderVisible, type Style, styleOf } from '../entities/render-entity.ts'
import { mayRead } from '../may.ts'
import { isOwner } from '../subscriptions/keep-subscription.ts'
import { type ChangeSelection, type Followed, NOTICED, selectionTerms } from './change-selection.ts'
import type { Telling, ToldText } from './telling.ts'

/** What somebody is told of, and how it is written. */
export interface TellChange extends Pick<Command, 'caller' | 'tenant'> {
  readonly selection: ChangeSelection
  readonly table: TermTable
  readonly options: RenderOptions
}

/** What it takes to judge a change. */
export interface TellDependencies {
  readonly engine: GeometryEngine
  readonly clock: () => Micros
}

/** Tells a record; undefined: it is none of the caller's business. */
export type Tell = (record: LogRecord) => ToldText | undefined

const TRIGGERS: ReadonlySet<Trigger> = new Set([
  'entityCreated',
  'entityDeleted',
  'attributeCreated',
  'attributeUpdated',
  'attributeDeleted',
])

/** Answers who tells one caller of changes: as it sees them, masked, with the policies in force for its view. */
export function tellChange({ engine, clock }: TellDependencies, command: TellChange): Tell {
  const { caller, tenant, table, options, selection } = command
  const { collections, query, watchedAttributes, triggers } = selection
  const view = caller.view(tenant)
  const style = styleOf({ tenant, view, table, options, features: false })
  const judged = {
    query: {},
    options,
    triggers: triggers ?? TRIGGERS,
    ...(watchedAttributes && { watchedAttributes }),
  }
  const narrows = Object.keys(query).length > 0
  const isWanted = (change: NotifiedEntity): boolean =>
    (!triggers && !watchedAttributes) || judgeChange(judged, change, { engine })

  const tellEntity: Tell = (record) => {
    const seen = seeChange(record, view, clock())
    const change = seen && narrows ? selectChange(seen, (entity) => matchEntity(query, entity, engine)) : seen
    return change && isWanted(change) ? entityMembers(change, style) : undefined
  }

  return (record) => {
    if (!isFollowed(record.collection, collections)) return undefined
    if (record.collection === 'entity') return tellEntity(record)
    const target = noticedTarget(record, caller)
    return target && mayRead(caller, tenant, target) ? { text: noticeMembers(record) } : undefined
  }
}

/** Answers what tells changes of a selection to a stream. */
export function tellSelection(
  dependencies: TellDependencies,
  { selection, table, options }: Pick<TellChange, 'selection' | 'table' | 'options'>,
): Telling {
  return {
    targets: [...selection.collections].map((resource) => ({ resource })),
    ...(selection.query.geo && { needsGeometry: true }),
    begin: ({ tenant, caller }) => ({
      terms: selectionTerms(selection, caller.view(tenant)),
      tell: tellChange(dependencies, { tenant, caller, selection, table, options }),
    }),
  }
}

function isFollowed(collection: string, collections: ReadonlySet<Followed>): boolean {
  return (collections as ReadonlySet<string>).has(collection) // asked with any collection
}

function noticedTarget({ collection, id, before, after }: LogRecord, caller: Caller): Target | undefined {
  const resource = NOTICED.find((noticed) => noticed === collection)
  if (resource !== 'subscription') return resource && { resource, id }
  const document = (after ?? before) as JsonObject | undefined // no entity
  return { resource, id, own: document !== undefined && isOwner(caller, storedSubscription(document)) }
}

/** Of other things than entities nobody is told more than that they changed. */
function noticeMembers({ collection, action, at, id }: LogRecord): string {
  return `${head(collection, action, at)},"id":${JSON.stringify(id)}`
}

function entityMembers(change: NotifiedEntity, style: Style): ToldText {
  const { id, at, before, after, changes } = change
  const { table } = style
  const action = after ? (before ? 'updated' : 'created') : 'deleted'
  const types = (after ?? before)?.types ?? []
  const { text: rendered, disclosed } = after ? renderVisible(after, style) : GONE
  const members = [
    head('entity', action, at),
    `"id":${JSON.stringify(id)}`,
    `"type":${singleOrAll(types.map((type) => nameText(type, table)))}`,
    `"changed":[${changes.map((each) => changedText(each, table)).join(',')}]`,
  ]
  if (rendered !== undefined) members.push(`"entity":${rendered}`)
  const isShown = rendered !== undefined
  return { text: members.join(','), ...(disclosed && { disclosed }), ...(isShown && { of: types }) }
}

const GONE: Rendering = { text: undefined }

function head(collection: string, action: string, at: Micros): string {
  return `"collection":"${collection}","action":"${action}","at":"${formatDateTime(at)}"`
}

function changedText({ attribute, datasetId, action }: AttributeChange, table: TermTable): string {
  const dataset = datasetId === undefined ? '' : `,"datasetId":${JSON.stringify(datasetId)}`
  return `{"attribute":${nameText(attribute as Iri, table)},"action":"${action}"${dataset}}`
}

function singleOrAll(texts: readonly string[]): string {
  const [only] = texts
  return only !== undefined && texts.length === 1 ? only : `[${texts.join(',')}]`
}
