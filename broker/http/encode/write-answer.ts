import { contextLink } from '../../core/context/context-link.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { featureCollection, withContext } from '../../core/view/with-context.ts'
import { preferences } from '../decode/prefer.ts'
import type { HubAnswer, MediaType } from '../route.ts'
import { LINE_END } from './write-csv.ts'

/** An answer as bytes: what is left to do is to send it. */
export interface WrittenAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
  /** In place of a body: texts to send as they come, as long as somebody takes them. */
  readonly stream?: (gone: AbortSignal) => AsyncIterable<string | Uint8Array>
  readonly live?: true
}

/** Writes an answer in the representation that was agreed on (CIM 009 v1.9.1, 6.3.5 and 6.3.6). */
export function writeAnswer(answer: HubAnswer, accept: MediaType, preference?: string): WrittenAnswer {
  const { body, stream, live, contentType, link } = content(answer, accept, preference)
  const links = [answer.headers?.Link ?? [], link ?? []].flat()
  const headers: Record<string, string | readonly string[]> = Object.assign({}, answer.headers)
  if (links.length > 0) headers.Link = links
  if (contentType !== undefined) headers['Content-Type'] = contentType
  return {
    status: answer.status,
    headers,
    ...(body !== undefined && { body }),
    ...(stream && { stream }),
    ...(live && { live }),
  }
}

interface Content extends Pick<WrittenAnswer, 'body' | 'stream' | 'live'> {
  readonly contentType?: string
  readonly link?: string
}

function content(answer: HubAnswer, accept: MediaType, preference?: string): Content {
  const { stream, pieces, table } = answer
  if (pieces && table) return { stream: pieces, contentType: accept, link: contextLink(table) }
  if (stream && table) {
    const link = contextLink(table)
    if (answer.live) return { stream, contentType: accept, link, live: true }
    return { stream: (gone) => sequence(stream(gone), accept), contentType: accept, link }
  }
  if (answer.fragments && answer.table) {
    return linkedDataContent(answer.fragments.texts, answer.fragments.single === true, {
      answer,
      accept,
      preference,
    })
  }
  if (answer.linkedData && answer.table) {
    const list: readonly JsonObject[] = isList(answer.linkedData) ? answer.linkedData : [answer.linkedData]
    const texts = list.map((item) => JSON.stringify(item))
    return linkedDataContent(texts, !isList(answer.linkedData), { answer, accept, preference })
  }
  if (answer.body !== undefined) {
    return { body: JSON.stringify(answer.body), contentType: answer.contentType ?? 'application/json' }
  }
  const body = answer.text ?? answer.bytes
  return {
    ...(body !== undefined && { body }),
    ...(answer.contentType && { contentType: answer.contentType }),
  }
}

interface LinkedDataStyle {
  readonly answer: HubAnswer
  readonly accept: MediaType
  readonly preference: string | undefined
}

function linkedDataContent(texts: readonly string[], single: boolean, style: LinkedDataStyle): Content {
  const { table } = style.answer
  if (!table) return {}
  const link = contextLink(table)
  if (style.accept === 'application/json')
    return { body: list(texts, single), contentType: style.accept, link }
  if (style.accept === 'application/geo+json') {
    const { contextInLink } = preferences(style.preference)
    const features = featureText(texts, single, {
      context: contextInLink ? undefined : table.served,
      crs: style.answer.crs,
    })
    return { body: features, contentType: style.accept, ...(contextInLink && { link }) }
  }
  const documents = texts.map((text) => withContext(text, table.served))
  return { body: list(documents, single), contentType: style.accept }
}

/** Characters that are sent at once: many entities, or one that is larger. */
const CHUNK = 65_536

/** What stands before and behind each record: lines (NDJSON, RFC 4180) or RFC 8142. */
const FRAMES: Readonly<Partial<Record<MediaType, readonly [start: string, end: string]>>> = {
  'application/geo+json-seq': ['\u001e', '\n'],
  'text/csv': ['', LINE_END],
}

/**
 * Frames texts and puts them together to pieces worth sending. A piece ends without the end of its last record, which goes
 * with the next one: so what is cut off does not end like what is whole.
 */
async function* sequence(texts: AsyncIterable<string>, type: MediaType): AsyncGenerator<string> {
  const [start, end] = FRAMES[type] ?? ['', '\n']
  let chunk = ''
  let open = ''
  for await (const text of texts) {
    chunk += `${open}${start}${text}`
    open = end
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  if (open !== '') yield `${chunk}${open}`
}

function list(texts: readonly string[], single: boolean): string {
  return single ? (texts[0] ?? '{}') : `[${texts.join(',')}]`
}

/** A collection carries its @context once, at the top (4.5.16). */
function featureText(
  texts: readonly string[],
  single: boolean,
  { context, crs }: { readonly context: JsonValue | undefined; readonly crs: JsonObject | undefined },
): string {
  if (!single) return featureCollection(texts, context, crs)
  const [text = '{}'] = texts
  return context === undefined ? text : withContext(text, context)
}

function isList(value: JsonObject | readonly JsonObject[]): value is readonly JsonObject[] {
  return Array.isArray(value)
}
