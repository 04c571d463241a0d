import { createHash, createHmac } from 'node:crypto'
import type { Entity } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import type { View } from '../../core/view/view.ts'
import { canonicalEntity } from '../../store/port/canonical.ts'
import type { StoredEntity } from '../../store/port/store.ts'
import type { Fragment } from './read-dependencies.ts'
import { look, type Style } from './render-entity.ts'

/** Names what a caller sees, by keyed hashes: equal names for equal things, and nothing to learn from them. */
export interface EntityTags {
  /** Names what is seen of an entity, whatever it is written as. */
  stateOf(seen: Entity): string
  /** Names a fragment: `state.style`. Worked out once, when it is first asked for. */
  tagOf(fragment: Fragment, stored: StoredEntity, style: Style): string
}

const STATE_BYTES = 15
const STYLE_BYTES = 6

/** Makes the tags of a hub of its secret. */
export function createEntityTags(secret: Uint8Array, clock: () => Micros): EntityTags {
  const key = createHash('sha256').update('entity-tag').update(secret).digest()
  const known = new WeakMap<Fragment, string>()
  return {
    stateOf: (seen) => sign(canonicalEntity(seen), STATE_BYTES),
    tagOf: (fragment, stored, style) => {
      const kept = known.get(fragment)
      if (kept !== undefined) return kept
      const state = sign(seenText(stored, style.view, clock()), STATE_BYTES)
      const tag = `${state}.${sign(style.key, STYLE_BYTES)}`
      known.set(fragment, tag)
      return tag
    },
  }

  function sign(text: string, bytes: number): string {
    return createHmac('sha256', key).update(text).digest().subarray(0, bytes).toString('base64url')
  }
}

/** Whoever sees everything sees the stored text itself, as long as nothing in it can expire. */
function seenText(stored: StoredEntity, view: View, now: Micros): string {
  if (view.unrestricted && !stored.text.includes('"expiresAt"')) return stored.text
  const { seen } = look(stored, view, now)
  return seen ? canonicalEntity(seen) : ''
}
