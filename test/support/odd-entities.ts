/** An entity as it was written, names and all. */
export type OddEntity = { readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>

/** What a foreign broker understands. */
export interface OddOptions {
  readonly port?: number
  /** Version of the standard: everything of later ones is refused. */
  readonly version?: '1.3' | '1.6'
  /** Simplified answers to everything that has `options`, whichever they are. */
  readonly keyValues?: boolean
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  '1.3': ['Property', 'Relationship', 'GeoProperty'],
  '1.6': ['Property', 'Relationship', 'GeoProperty', 'LanguageProperty', 'VocabProperty'],
}
/** Parameters of queries and retrievals that it knows; any other is an error. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  '1.3': ['id', 'type', 'idPattern', 'attrs', 'q', 'limit', 'offset', 'options'],
  '1.6': [
    'id',
    'type',
    'idPattern',
    'attrs',
    'q',
    'limit',
    'offset',
    'options',
    'count',
    'local',
    'lang',
    'scopeQ',
  ],
}

/** What it says no to. */
export class Refusal extends Error {
  readonly status: number
  readonly title: string

  constructor(status: number, title: string, text: string) {
    super(text)
    this.status = status
    this.title = title
  }
}

/** Refuses parameters that are not of its version. @throws Refusal */
export function checkParameters(query: URLSearchParams, { version = '1.3' }: OddOptions): void {
  for (const name of query.keys()) {
    if (!PARAMETERS[version]?.includes(name))
      throw new Refusal(400, 'BadRequestData', `Unknown parameter ${name}`)
  }
}

/** Of a body it takes one type, and attributes of the kinds of its version, all written out. @throws Refusal */
export function entityOf(body: unknown, options: OddOptions): OddEntity {
  const { '@context': _, ...entity } = objectOf(body)
  const { id, type, ...attributes } = entity
  if (typeof id !== 'string' || typeof type !== 'string')
    throw new Refusal(400, 'BadRequestData', 'An entity has one id and one type')
  for (const [name, attribute] of Object.entries(attributes)) checkAttribute(name, attribute, options)
  return { ...attributes, id, type }
}

/** Takes attributes of the kinds of its version, written out. @throws Refusal */
export function checkAttribute(name: string, attribute: unknown, { version = '1.3' }: OddOptions): void {
  for (const { type } of [attribute].flat().map(objectOf)) {
    if (typeof type !== 'string' || !KINDS[version]?.includes(type))
      throw new Refusal(400, 'BadRequestData', `Attribute ${name} is of an unknown type`)
  }
}

/** Reads a body that has to be an object. @throws Refusal */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new Refusal(400, 'BadRequestData', 'Something is no object')
}

/** Tells whether a query asks for an entity. @throws Refusal */
export function isAsked(entity: OddEntity, query: URLSearchParams): boolean {
  const [types, ids, names] = ['type', 'id', 'attrs'].map((name) => query.get(name)?.split(','))
  const pattern = query.get('idPattern')
  if (types && !types.includes(entity.type)) return false
  if (ids && !ids.includes(entity.id)) return false
  if (pattern !== null && !new RegExp(pattern).test(entity.id)) return false
  if (names && !names.some((name) => entity[name] !== undefined)) return false
  return matches(entity, query.get('q'))
}

/** Of the query language it knows one comparison of a number or a text. */
function matches(entity: OddEntity, q: string | null): boolean {
  if (q === null) return true
  const [, name = '', operator, wanted = ''] = /^(\w+)(==|>=|<=|>|<)(.+)$/.exec(q) ?? []
  if (operator === undefined) throw new Refusal(400, 'BadRequestData', 'Too difficult a q')
  const { value } = { value: undefined, ...(entity[name] as object | undefined) }
  const other: unknown = JSON.parse(wanted)
  if (operator === '==') return value === other
  if (typeof value !== 'number' || typeof other !== 'number') return false
  if (operator === '>') return value > other
  if (operator === '<') return value < other
  return operator === '>=' ? value >= other : value <= other
}

/** Answers an entity as a query wants it, or as it sees that. */
export function shown(entity: OddEntity, query: URLSearchParams, { keyValues = false }: OddOptions): object {
  const names = query.get('attrs')?.split(',')
  const asked = query.get('options')?.split(',') ?? []
  const simplified = asked.includes('keyValues') || (keyValues && asked.length > 0)
  const members = Object.entries(entity).filter(
    ([name]) => ['id', 'type'].includes(name) || !names || names.includes(name),
  )
  return Object.fromEntries(members.map(([name, member]) => [name, simplified ? bareOf(member) : member]))
}

function bareOf(member: unknown): unknown {
  if (typeof member !== 'object' || member === null) return member
  if (Array.isArray(member)) return bareOf(member[0])
  const { value, object, languageMap }: Readonly<Record<string, unknown>> = { ...member }
  return value ?? object ?? languageMap
}
