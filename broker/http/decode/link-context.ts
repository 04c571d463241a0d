import { isJsonObject, type JsonValue, ownValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { contentType } from './body.ts'

const CONTEXT_RELATION = 'http://www.w3.org/ns/json-ld#context'
/** No URI has "<": without it inside, a header of nothing else is read in one go. */
const LINK = /<([^<>]*)>([^<]*)/g

/** Answers the @context URL of a Link header (CIM 009 v1.9.1, 6.3.5), other relations left aside. @throws Problem */
export function contextOfLink(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const urls = [...header.matchAll(LINK)]
    .filter((link) => relationOf(link[2] ?? '') === CONTEXT_RELATION)
    .map((link) => link[1])
  if (urls.length > 1) throw badRequestData('Link header names more than one JSON-LD @context')
  return urls[0]
}

/** Answers the @context of the headers of a request with a body: none may be there for `application/ld+json`. @throws Problem */
export function contextOfHeaders(headers: {
  readonly link?: string | undefined
  readonly type?: string | undefined
}): string | undefined {
  const link = contextOfLink(headers.link)
  if (link !== undefined && contentType(headers.type) === 'application/ld+json')
    throw badRequestData('Request of type application/ld+json has an @context in its Link header')
  return link
}

/**
 * Answers the @context that a body is to be read with (6.3.5): of the Link header for `application/json`,
 * of the body itself for `application/ld+json`; undefined: the default. @throws Problem BadRequestData
 */
export function contextOfBody(
  body: JsonValue,
  headers: { readonly link?: string | undefined; readonly type?: string | undefined },
): JsonValue | undefined {
  const link = contextOfHeaders(headers)
  const own = isJsonObject(body) ? ownValue(body, '@context') : undefined
  if (contentType(headers.type) !== 'application/ld+json') {
    if (own === undefined) return link
    throw badRequestData(
      'Body of type application/json has an @context: send it in a Link header, or as application/ld+json',
    )
  }
  if (own === undefined) throw badRequestData('Body of type application/ld+json has no @context')
  return own
}

function relationOf(parameters: string): string | undefined {
  return /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]*))/i
    .exec(parameters)
    ?.slice(1)
    .find((part) => part !== undefined)
}
