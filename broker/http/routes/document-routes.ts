import { LANGUAGES, type Language } from '../../../openapi/languages.ts'
import type { listPermitted, Permitted } from '../../operations/views/list-permitted.ts'
import { agreeOnLanguage } from '../decode/language.ts'
import { who } from '../decode/who.ts'
import type { Route } from '../route.ts'

/** A document as bytes, with what tells it from others. */
export interface WrittenDocument {
  readonly bytes: Uint8Array
  readonly tag: string
}

/** What a caller may do and see, and the document that tells it. */
export interface DocumentOperations {
  readonly listPermitted: ReturnType<typeof listPermitted>
  readonly write: (permitted: Permitted, language: Language) => WrittenDocument
}

/** Route of `/openapi.json`: the API of this hub as far as it is the caller's, in the language that it asks for. */
export function documentRoutes({ listPermitted, write }: DocumentOperations): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/openapi.json',
      body: 'none',
      produces: ['application/json'],
      spoken: true,
      handle: (request) => {
        const language = agreeOnLanguage(request.headers['accept-language'], LANGUAGES)
        const { bytes, tag } = write(listPermitted(who(request)), language)
        return Promise.resolve({
          status: 200,
          bytes,
          contentType: 'application/json',
          headers: {
            ...{ ETag: `"${tag}"`, 'Content-Language': language, 'Cache-Control': 'no-cache' },
            Link: '</docs>; rel="service-doc"',
          },
        })
      },
    },
  ]
}
