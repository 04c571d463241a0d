import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { rightsIn, servedDocument } from '../../openapi/served-document.ts'
import type { Config } from '../config.ts'
import type { Route } from '../http/route.ts'
import { documentRoutes, type WrittenDocument } from '../http/routes/document-routes.ts'
import { listPermitted } from '../operations/views/list-permitted.ts'
import { securityOfHub } from './document-security.ts'
import type { Parts } from './parts.ts'

/** Documents of so many bytes are kept as they are written. */
const KEPT_BYTES = 8_000_000

/** Puts the route of the OpenAPI document together; what it is made of is read when it is first asked for. */
export function assembleDocument(
  config: Config,
  { apiDocument, url, ontology, provider }: Pick<Parts, 'apiDocument' | 'url' | 'ontology' | 'provider'>,
): readonly Route[] {
  let rights: ReadonlySet<string> | undefined
  const features = new Set([
    ...(config.auth.mode === 'off' ? [] : ['accessControl']),
    ...(provider ? ['identityProvider'] : []),
    ...(config.feeds.length > 0 ? ['feeds'] : []),
  ])
  const written = new LRUCache<string, WrittenDocument>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ bytes }) => bytes.length,
  })
  return documentRoutes({
    listPermitted: listPermitted({
      rights: () => {
        rights ??= rightsIn(apiDocument.whole)
        return rights
      },
      types: () => ontology.vocabulary.types,
    }),
    write: (permitted, language) => {
      const key = `${permitted.id} ${language}`
      const before = written.get(key)
      if (before) return before
      const deployment = {
        ...{ url, title: config.title, features, vocabulary: ontology.vocabulary },
        ...securityOfHub(config, url, apiDocument.whole),
      }
      const catalogue = language === 'vi' ? apiDocument.vietnamese : {}
      const document = servedDocument(apiDocument.whole, deployment, permitted, { language, catalogue })
      const bytes = Buffer.from(JSON.stringify(document))
      const made = { bytes, tag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22) }
      written.set(key, made)
      return made
    },
  })
}
