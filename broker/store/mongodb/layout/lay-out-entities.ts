import type { UpdateFilter } from 'mongodb'
import { parseEntity } from '../../port/change.ts'
import type { TakeTurn } from '../in-turn.ts'
import type { KeptEntity, TenantCollections } from '../mongo-documents.ts'
import { ENTITY_MEMBERS, entityFields, FORMER_MEMBERS, LAYOUT } from './entity-fields.ts'

type Entities = TenantCollections['entities']

const AT_ONCE = 64

/**
 * Gives all documents of entities the members of this layout, whoever writes to them meanwhile. Told how many are done,
 * `goOn` says whether to; answers false where it said no.
 */
export async function layOutEntities(
  entities: Entities,
  inTurn: TakeTurn,
  goOn: (done: number) => boolean,
): Promise<boolean> {
  let done = 0
  // until none is left behind: another process may have written in the old layout
  for (let before = -1; before < done; ) {
    before = done
    let after = ''
    for (;;) {
      if (!goOn(done)) return false
      const some = await olderThan(entities, after)
      if (some.length === 0) break
      await Promise.all(some.map((id) => inTurn(id, () => layOut(entities, id))))
      after = some.at(-1) ?? after
      done += some.length
    }
  }
  return true
}

async function olderThan(entities: Entities, after: string): Promise<readonly string[]> {
  const found = await entities
    .find({ _id: { $gt: after }, layout: { $ne: LAYOUT } })
    .sort({ _id: 1 })
    .limit(AT_ONCE)
    .project<Pick<KeptEntity, '_id'>>({ _id: 1 })
    .toArray()
  return found.map(({ _id }) => _id)
}

/** Where somebody else writes meanwhile nothing is done: a later turn comes back to what is left. */
async function layOut(entities: Entities, _id: string): Promise<void> {
  const found = await entities.findOne({ _id })
  if (!found || found.layout === LAYOUT) return
  const { text, written } = found
  const fields = entityFields(text === undefined ? undefined : parseEntity(text))
  const gone = [...ENTITY_MEMBERS, ...FORMER_MEMBERS].filter(
    (name) => !Object.hasOwn(fields, name) && !(name === 'place' && text !== undefined),
  )
  const update: UpdateFilter<KeptEntity> = {
    $set: fields,
    $unset: Object.fromEntries(gone.map((name) => [name, ''])),
  }
  await entities.updateOne({ _id, written, text: text ?? { $exists: false } }, update)
}
