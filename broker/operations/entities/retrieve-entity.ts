import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import { Problem } from '../../core/model/problem.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import { matchTypes } from '../../core/query/match-types.ts'
import type { RenderOptions } from '../../core/view/render-options.ts'
import { see } from '../../core/view/see.ts'
import { combineCopies, copiesOf } from '../../federation/combine/combine-copies.ts'
import type { FederatedCopies } from '../../federation/federation.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { StoredEntity } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { HERE } from '../entity-maps/entity-map.ts'
import type { Lasting } from '../lasting.ts'
import { type Join, joinEntities } from './join-entities.ts'
import { linkedElsewhere } from './linked-elsewhere.ts'
import { noteOwn, noteProvenance } from './note-provenance.ts'
import type { Fragment, ReadDependencies, Rendering } from './read-dependencies.ts'
import {
  allWarnings,
  type Freshness,
  isFresh,
  renderStored,
  renderVisible,
  type Shown,
  styleOf,
  type Texts,
  textsOf,
} from './render-entity.ts'

export interface RetrieveEntity extends Command {
  readonly id: string
  readonly types?: TypeNode
  readonly table: TermTable
  readonly options: RenderOptions
  readonly features: boolean
  /** Only this hub's own data. */
  readonly local: boolean
  readonly via: string | undefined
  /** Headers of the request, some of which a registration may hand on (4.3.6.5). */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Linked entities come along. */
  readonly join?: Join
  /** The only registrations that are asked, each with the EntityMap of its source, if there is one. */
  readonly holders?: ReadonlyMap<string, string | undefined>
}

/** One text; joined flat, what it links to follows. */
export interface RetrievedEntity extends Texts {
  /** Present where the answer depends on this hub's own data alone. */
  readonly lasting?: Lasting
  /** Names what the caller sees and how it is written; absent where other hubs had their part in it. */
  readonly tag?: string
  readonly warnings: readonly string[]
  /** Who had part in it, where it was not this hub alone: registrations, and `@none` for this hub. */
  readonly holders?: readonly string[]
}

/** Retrieve Entity (CIM 009 v1.9.1, 5.7.1): one entity, put together from all hubs that know it. @throws Problem */
export const retrieveEntity =
  (dependencies: ReadDependencies) =>
  async ({
    id,
    types,
    table,
    options,
    features,
    local,
    via,
    headers,
    join,
    holders,
    ...command
  }: RetrieveEntity): Promise<RetrievedEntity> => {
    const { caller, tenant } = command
    const { store, federation, clock } = dependencies
    caller.check('read', tenant, { resource: 'entity', id })
    const view = caller.view(tenant)
    const style = styleOf({ tenant, view, table, options, features, ...(join && { linking: true }) })
    const registrations = federation.generation(tenant)
    const generation = join && store.generation(tenant) // before anything is read: it may show more, never less
    const stored = await store.read(tenant, id)
    const remote = local
      ? ALONE
      : await federation.retrieve({
          tenant,
          id,
          caller,
          table,
          via,
          ...(types && { types }),
          ...(headers && { headers }),
          ...(holders && { holders }),
        })
    // made only when thrown: an error's stack is costly
    const notFound = (text: string): Problem =>
      new Problem('ResourceNotFound', text, {
        headers: remote.warnings.length === 0 ? {} : { 'NGSILD-Warning': remote.warnings.join(', ') },
      })
    const missing = (): Problem => notFound(`Entity ${id} does not exist`)
    if (remote.copies.length === 0 && !remote.own) {
      const own = stored && renderStored(dependencies, stored, style)
      if (!stored || !own?.types || (types && !matchTypes(types, own.types))) throw missing()
      const shown = checked(own)
      noteOwn(dependencies, command, stored, style)
      if (join) return joined(shown, join)
      const tag = dependencies.tags.tagOf(own, stored, style)
      return { ...answer(textsOf([shown]), lastingOf(stored, own)), tag }
    }
    const copies = copiesOf(stored && atTime(parseEntity(stored.text), clock()), remote)
    const seen = copies.length === 0 ? undefined : see(combineCopies(copies), view)
    if (!seen || (types && !matchTypes(types, seen.types))) throw missing()
    const combined = checked(renderVisible(seen, style))
    noteProvenance(dependencies, command, { seen, copies, style })
    const known = copies.filter(({ source, entity }) => source !== '' || see(entity, view))
    const shared = { holders: [...new Set(known.map(({ source }) => source || HERE))] }
    const shown = join ? await joined(combined, join) : answer(textsOf([combined]))
    return { ...shown, ...shared }

    function checked(rendering: Rendering): Shown {
      if (rendering.text !== undefined) return { id, ...rendering }
      throw notFound(`Entity ${id} has none of the attributes that are asked for`)
    }

    function answer(texts: Texts, lasting?: Lasting): RetrievedEntity {
      return {
        ...texts,
        warnings: allWarnings(remote.warnings, texts),
        ...(remote.alone && lasting && { lasting }),
      }
    }

    async function joined(shown: Shown, how: Join): Promise<RetrievedEntity> {
      const until: Freshness = { earliest: shown.validUntil ?? Number.POSITIVE_INFINITY }
      const texts = await joinEntities(dependencies, [shown], {
        join: how,
        style,
        until,
        ...linkedElsewhere(dependencies, { tenant, caller, table, via, local, ...(headers && { headers }) }),
      })
      const isSame = () => store.generation(tenant) === generation && until.earliest > clock() && isAlone()
      return answer(texts, generation === undefined ? undefined : isSame)
    }

    function isAlone(): boolean {
      return local || federation.generation(tenant) === registrations
    }

    function lastingOf({ version }: StoredEntity, own: Fragment): Lasting {
      return () => store.version(tenant, id) === version && isFresh(own, clock()) && isAlone()
    }
  }

const ALONE: FederatedCopies = { copies: [], warnings: [], alone: true }
