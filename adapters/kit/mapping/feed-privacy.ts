import type { FeedDefinition } from '../definition/feed-definition.ts'
import type { EntityDocument } from '../values/entity-document.ts'
import { RecordFault } from '../values/fault.ts'
import { isJsonMap, type Json, type JsonMap } from '../values/json.ts'

/** Types of cameras and of what they tell, and of counts of what persons did or have, by the last part of their names. */
const DECLARED = /^(?:\w*Camera\w*|Anpr\w*|TrafficViolation(?:Count)?|HealthIndicator)$/
const QUOTED = /(['"`])([\w:/.#-]{1,200})\1/g

const USER_OF_URL = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi
const SECRET_OF_URL = /([?&;](?:pwd|pass(?:wd|word)?|token|access_token|api_?key)=)[^&;#\s"'<>]+/gi

const DATA_URL = /\bdata:(?:[\w.+-]+\/[\w.+-]+)?(?:;[\w.+=-]+)*[;,]/i
const MEDIA_TYPE = /^\s*(?:image|video|audio)\/[\w.+-]+/i
/** JPEG, PNG, GIF, RIFF (WebP, AVI) and MP4 begin so in base64. */
const MEDIA_START = /^\s*(?:\/9j\/|iVBORw0KGgo|R0lGOD|UklGR|AAAA[\w+/]{2,4}Z0eX)/
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/
/** No name, code or token that belongs into an entity is as long as that without a blank. */
const LONGEST_WORD = 200

/** Answers which types of cameras and of counted persons a mapping names, as far as its text tells. */
export function declaredTypesIn(mapping: string): readonly string[] {
  const names = [...mapping.matchAll(QUOTED)].map(([, , name]) => name ?? '')
  return [...new Set(names.filter(isDeclared))].sort()
}

/**
 * Answers a document as it may be sent: URLs name no user and no password. @throws RecordFault for cameras and counted persons of a feed
 * that does not declare itself, for pictures, films and sounds, and for types that its use does not name
 */
export function withoutPrivate<Document extends EntityDocument>(
  document: Document,
  { privacy, use }: Pick<FeedDefinition, 'privacy' | 'use'>,
): Document {
  const types = typeof document.type === 'string' ? [document.type] : document.type
  const undeclared = use && types.find((type) => !use.types.includes(type))
  if (undeclared !== undefined)
    throw new RecordFault('private', `Type ${undeclared} is none that the use in feed.yaml names`)
  const declared = types.find(isDeclared)
  if (declared !== undefined && !privacy)
    throw new RecordFault(
      'private',
      `Type ${declared} is of cameras or counted persons, and the feed has no privacy in its feed.yaml`,
    )
  if (privacy) refuseMedia(document)
  return stripped(document) as Document // texts in it are others, nothing else
}

function isDeclared(type: string): boolean {
  return DECLARED.test(
    type.slice(Math.max(type.lastIndexOf('/'), type.lastIndexOf('#'), type.lastIndexOf(':')) + 1),
  )
}

function refuseMedia(document: JsonMap): void {
  for (const [name, value] of Object.entries(document))
    if (name !== '@context' && hasMedia(value))
      throw new RecordFault('private', `Attribute ${name} holds media: feeds of cameras bring events alone`)
}

function hasMedia(value: Json | undefined): boolean {
  if (typeof value === 'string') return isMedia(value)
  if (Array.isArray(value)) return value.some(hasMedia)
  return isJsonMap(value) && Object.values(value).some(hasMedia)
}

function isMedia(text: string): boolean {
  if (DATA_URL.test(text) || MEDIA_TYPE.test(text) || MEDIA_START.test(text)) return true
  return text.length >= LONGEST_WORD && BASE64.test(text.replace(/[\r\n]+/g, ''))
}

/** The same value where no URL of it says more than it has to. */
function stripped(value: Json): Json {
  if (typeof value === 'string') return withoutCredentials(value)
  if (Array.isArray(value)) return sameOr(value, value.map(stripped))
  if (!isJsonMap(value)) return value
  let next = value
  // every value of every record: no list of names is made of each
  for (const name in value) {
    const item = value[name] ?? null
    const other = name === '@context' ? item : stripped(item)
    if (other !== item) next = { ...next, [name]: other }
  }
  return next
}

function sameOr(value: readonly Json[], next: readonly Json[]): readonly Json[] {
  return next.every((item, at) => item === value[at]) ? value : next
}

/** Answers a text whose URLs name no user, no password and no token. */
export function withoutCredentials(text: string): string {
  if (!text.includes('://')) return text
  return text.replace(USER_OF_URL, '$1').replace(SECRET_OF_URL, '$1')
}
