import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Entity } from '../../core/model/entity.ts'
import { canonicalJson, type JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { asksCrowd, refuseTelling } from '../../core/view/crowd.ts'
import { likenessOf, numbered, type Release, released } from '../../core/view/release.ts'
import type { ExportEntities } from './export-entities.ts'
import { renderVisible, type Style } from './render-entity.ts'

/** A release is put together before any of it is sent: it has to be known who looks alike. */
const MOST_CHARACTERS = 64_000_000

/** How a release is read. */
export interface Releasing extends Pick<ExportEntities, 'disclose'> {
  /** Reads what the view of a style shows of the entities that match, one after the other. */
  readonly read: (style: Style) => AsyncIterable<Entity>
}

/**
 * Answers the releases that an export asks for. @throws Problem Forbidden for a query that could tell few from none, and for a
 * part of what matches
 */
export function askedReleases({ caller, tenant, query, limit }: ExportEntities): readonly Release[] {
  const asked = (caller.view(tenant).releases ?? []).filter((release) => asksCrowd(query, release))
  for (const release of asked) refuseTelling(query, release)
  if (asked.length > 0 && limit !== undefined)
    throw new Problem(
      'Forbidden',
      'Caller gets these entities in an export of all that match: ask without limit',
    )
  return asked
}

/**
 * Writes a release: entities that look like fewer others than the least are left out; the rest comes by what it has in common
 * and then by what it says, with numbers in place of ids. @throws Problem TooComplexQuery
 */
export async function* releasedTexts(
  release: Release,
  asked: Style,
  { read, disclose }: Releasing,
): AsyncGenerator<string> {
  const { sysAttrs: _, ...options } = asked.options
  const style: Style = { ...asked, options, view: release.view }
  let number = 0
  for (const alike of await groups(release, style, read)) {
    if (alike.length < release.least) continue
    for (const { entity } of alike.sort((one, other) => compareText(one.content, other.content))) {
      const { text, disclosed } = renderVisible(numbered(entity, ++number), style)
      disclose?.(disclosed, text === undefined ? undefined : entity.types)
      if (text !== undefined) yield text
    }
    await nextTurn() // others want to be served too
  }
}

interface Released {
  readonly entity: Entity
  readonly content: string
}

/** Groups what matches by what it has in common, in the order of that. */
async function groups(
  release: Release,
  style: Style,
  read: Releasing['read'],
): Promise<readonly Released[][]> {
  const alike = new Map<string, Released[]>()
  let characters = 0
  for await (const seen of read(style)) {
    const entity = released(seen, release)
    const content = canonicalJson(contentOf(entity))
    characters += content.length
    if (characters > MOST_CHARACTERS)
      throw new Problem(
        'TooComplexQuery',
        `Release is larger than ${MOST_CHARACTERS} characters: ask for a part of it`,
      )
    const likeness = likenessOf(seen, release)
    const group = alike.get(likeness)
    if (group) group.push({ entity, content })
    else alike.set(likeness, [{ entity, content }])
  }
  return [...alike].sort(([one], [other]) => compareText(one, other)).map(([, group]) => group)
}

function contentOf({ types, attributes }: Entity): JsonValue {
  const values = Object.entries(attributes).map(([name, instances]) => [
    name,
    instances.map(({ value }) => value),
  ])
  return [types, values as JsonValue]
}
