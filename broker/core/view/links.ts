import type { Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { itemsOf } from '../model/json.ts'
import { isLink } from '../query/linked-targets.ts'

/** A relationship of an entity, and the place in the entity's text where what it points to goes (CIM 009 v1.9.1, 4.5.23.2). */
export interface Link {
  readonly attribute: Iri
  readonly targets: readonly string[]
  /** Types of what it points to, where it says so (`objectType`). */
  readonly types?: readonly Iri[]
  /** Linked entities are written as an array, even a single one. */
  readonly many: boolean
  /** Member that is added with the linked entities; absent (simplified): they stand in the place of their URIs. */
  readonly member?: 'entity' | 'entityList'
  /** Characters of the text that linked entities take the place of: none for a member. */
  readonly from: number
  readonly to: number
}

/** The text of an entity, right as it stands, with the places in it where linked entities can be written. */
export interface LinkedText {
  readonly text: string
  readonly links: readonly Link[]
}

/** A link that is marked in a text of which the places are not known yet, and what is written where nothing is linked. */
export type MarkedLink = Omit<Link, 'from' | 'to'> & { readonly unlinked: string }

interface Marking {
  readonly name: Iri
  readonly instance: Instance
  readonly simplified: boolean
}

/** No other text of an entity is like this: lone surrogates are refused at the door. */
const EDGE = '\\ud800'
const MARKS = /,"\\ud800(\d+)\\ud800":0|"\\ud800(\d+)\\ud800"/g

/** Marks a written instance of a (List)Relationship with a member, or in its place; answers any other as it is. */
export function markLink(text: string, { name, instance, simplified }: Marking, links: MarkedLink[]): string {
  if (!isLink(instance)) return text
  const targets = itemsOf(instance.value).filter((item) => typeof item === 'string')
  if (targets.length < itemsOf(instance.value).length) return text
  const types = itemsOf(instance.objectType).filter((item) => typeof item === 'string')
  const link = {
    attribute: name,
    targets,
    many: Array.isArray(instance.value),
    unlinked: text,
    ...(types.length > 0 && { types }),
  }
  const mark = `"${EDGE}${links.length}${EDGE}"`
  if (simplified) links.push(link)
  else links.push({ ...link, member: instance.kind === 'Relationship' ? 'entity' : 'entityList' })
  return simplified ? mark : `${text.slice(0, -1)},${mark}:0}`
}

/** Takes the marks out of a text and notes where they stood, in order. */
export function placeLinks(marked: string, links: readonly MarkedLink[]): LinkedText {
  const placed: Link[] = []
  let text = ''
  let end = 0
  for (const match of marked.matchAll(MARKS)) {
    const link = links[Number(match[1] ?? match[2])]
    if (!link) continue
    const { unlinked, ...rest } = link
    text += marked.slice(end, match.index)
    end = match.index + match[0].length
    const from = text.length
    if (!link.member) text += unlinked
    placed.push({ ...rest, from, to: text.length })
  }
  return { text: text + marked.slice(end), links: placed }
}

/** Writes linked entities into the text of an entity (4.5.23.2); `linked` answers the text of one, where there is one. */
export function fillLinks(
  { text, links }: LinkedText,
  linked: (link: Link, target: string) => string | undefined,
): string {
  let filled = ''
  let end = 0
  for (const link of links) {
    const texts = link.targets.map((target) => linked(link, target))
    const found = texts.filter((one) => one !== undefined)
    filled += text.slice(end, link.from)
    filled += found.length === 0 ? text.slice(link.from, link.to) : filling(link, texts, found)
    end = link.to
  }
  return filled + text.slice(end)
}

function filling(
  { member, many, targets }: Link,
  texts: readonly (string | undefined)[],
  found: readonly string[],
): string {
  if (member) return `,"${member}":${many ? `[${found.join(',')}]` : found[0]}`
  if (!many) return found[0] ?? ''
  return `[${targets.map((target, at) => texts[at] ?? JSON.stringify(target)).join(',')}]`
}
