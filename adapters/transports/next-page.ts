import LinkHeader from 'http-link-header'
import type { Paging } from '../kit/definition/transport-definition.ts'
import type { Json } from '../kit/values/json.ts'
import { member } from '../kit/values/json.ts'
import type { SourceReply } from './http-source.ts'
import { SourceFault } from './transport.ts'

/** The page that was taken last. */
export interface TakenPage {
  readonly at: URL
  readonly reply: Pick<SourceReply, 'headers' | 'bytes'>
  /** Its number in this visit, from 1. */
  readonly page: number
  /** Its records. */
  readonly read: number
  /** Records of all pages so far. */
  readonly seen: number
}

/** Answers where the next page is; undefined after the last. @throws SourceFault where it is at another server, or here again */
export function nextPage(paging: Paging, taken: TakenPage): URL | undefined {
  const next = placeOf(paging, taken)
  if (!next) return undefined
  if (next.origin !== taken.at.origin) throw new SourceFault('Next page is at another server')
  if (next.href === taken.at.href) throw new SourceFault('Next page is the same page again')
  return next
}

function placeOf(paging: Paging, { at, reply, page, read, seen }: TakenPage): URL | undefined {
  switch (paging.by) {
    case 'link':
      return linked(reply.headers.link, at)
    case 'member':
      return named(paging, reply.bytes, at)
    case 'page':
      return read > 0 ? withParameter(at, paging.parameter, String(paging.first + page)) : undefined
    case 'offset':
      return read > 0 ? withParameter(at, paging.parameter, String(seen)) : undefined
    default:
      return paging satisfies never
  }
}

function linked(header: string | string[] | undefined, at: URL): URL | undefined {
  if (header === undefined) return undefined
  const [next] = LinkHeader.parse([header].flat().join(', ')).rel('next')
  return next && urlOf(next.uri, at)
}

function named(
  { member: place, parameter }: Extract<Paging, { by: 'member' }>,
  bytes: Uint8Array,
  at: URL,
): URL | undefined {
  const document = jsonOf(bytes)
  // the names of some have dots in them, such as @iot.nextLink
  const found = member(document, place) ?? place.split('.').reduce<Json | undefined>(member, document)
  if (found === undefined || found === null || found === '' || found === false) return undefined
  const text = typeof found === 'object' ? '' : String(found)
  return parameter === undefined ? urlOf(text, at) : withParameter(at, parameter, text)
}

function jsonOf(bytes: Uint8Array): Json {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as Json // JSON.parse answers nothing else
  } catch {
    throw new SourceFault('Page is not JSON, so that the next cannot be found')
  }
}

function urlOf(text: string, at: URL): URL {
  if (!URL.canParse(text, at.href)) throw new SourceFault('Next page has no valid URL')
  return new URL(text, at)
}

function withParameter(at: URL, name: string, value: string): URL {
  const next = new URL(at)
  next.searchParams.set(name, value)
  return next
}
