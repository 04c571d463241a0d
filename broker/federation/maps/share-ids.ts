import { keepsId } from '../forward/keep-registered.ts'
import type { Forward } from '../registry/match-registrations.ts'

/** One request asks for so many entities by their ids, and names them in so many characters: URLs have their bounds. */
const MOST_IDS = 100
const MOST_CHARACTERS = 4000

/** Splits what one source is asked for by ids into requests that are not too long. Pure. */
export function shareIds(
  forward: Forward,
  ids: readonly string[],
): readonly (Forward & { readonly ids: readonly string[] })[] {
  const asked = ids.filter((id) => keepsId(forward, id))
  const parts: string[][] = []
  let left = 0
  for (const id of asked) {
    const length = encodeURIComponent(id).length + 1
    const part = parts.at(-1)
    if (part && part.length < MOST_IDS && length <= left) {
      part.push(id)
      left -= length
    } else {
      parts.push([id])
      left = MOST_CHARACTERS - length
    }
  }
  const { idPattern: _, ...rest } = forward
  return parts.map((part) => ({ ...rest, ids: part }))
}
