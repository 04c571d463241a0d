import type { TermTable } from '../../core/context/term-table.ts'
import { VALUE_MEMBER } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { formatDateTime } from '../../core/model/time.ts'
import { nameText } from '../../core/view/name-text.ts'
import { SEALED_NAMES } from '../../core/view/render-instance.ts'

/** An entity that was written from its canonical text. */
export interface Rewritten {
  readonly types: readonly Iri[]
  readonly text: string
}

// What most entities are made of: one type, and attributes of one instance with a scalar, a URI or a geometry. Nothing
// of it expires, and no text has an escape: a quote ends it.
const TIMES = String.raw`"createdAt":\d+,"modifiedAt":\d+`
const VALUE = String.raw`"[^"\\]*"|[^"{}[\],]+|\{"type":"\w+","coordinates":[^"{}]+\}`
const HEAD = new RegExp(String.raw`^\{("id":"[^"\\]*"),"types":\["([^"\\]+)"\],${TIMES},"attributes":\{`)
const ATTRIBUTE = new RegExp(
  String.raw`"([^"\\]+)":\[\{"kind":"(Property|GeoProperty|Relationship)","value":(${VALUE})(?:,"observedAt":(\d+))?` +
    String.raw`(,"unitCode":"[^"\\]*")?,${TIMES}\}\]([,}])`,
  'y',
)

/**
 * Writes a canonical text (store/port) in the normalized representation without making an object of it: the very text
 * that `render` writes, at a fraction of the cost. Undefined where it holds anything that is less common.
 */
export function rewriteCanonical(canonical: string, table: TermTable): Rewritten | undefined {
  const [head, id, type] = HEAD.exec(canonical) ?? []
  if (head === undefined || type === undefined) return undefined
  let text = `{${id},"type":${nameText(type, table)}`
  ATTRIBUTE.lastIndex = head.length
  for (let more = true; more; ) {
    const attribute = ATTRIBUTE.exec(canonical)
    if (!attribute) return undefined
    const [, name = '', kind, value, observedAt, unitCode = '', next] = attribute
    if (SEALED_NAMES.has(name)) return undefined
    const member = kind === 'Relationship' ? VALUE_MEMBER.Relationship : VALUE_MEMBER.Property
    text += `,${nameText(name, table)}:{"type":"${kind}","${member}":${value}`
    if (observedAt !== undefined) text += `,"observedAt":"${formatDateTime(Number(observedAt))}"`
    text += `${unitCode}}`
    more = next === ','
  }
  return { types: [type], text: `${text}}` }
}
