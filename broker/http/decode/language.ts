import type { IncomingMessage } from 'node:http'
import accepts from 'accepts'

/** Agrees on a language by Accept-Language (RFC 9110, 12.5.4): the first one where none is asked for, or another one. */
export function agreeOnLanguage<Tag extends string>(
  header: string | undefined,
  offered: readonly [Tag, ...Tag[]],
): Tag {
  const request = { headers: { 'accept-language': header } } as unknown as IncomingMessage // all that is read of it
  const best = accepts(request).languages([...offered])
  return offered.find((tag) => tag === best) ?? offered[0]
}
