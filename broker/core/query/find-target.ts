import type { AttributeKind, Attributes, Entity, Instance } from '../model/entity.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue, ownValue, unwrapped } from '../model/json.ts'
import type { Micros } from '../model/time.ts'
import type { QPath, SystemMember } from './ast.ts'
import { isLink } from './linked-targets.ts'

/** What a query may look at besides the entity itself. */
export interface QueryContext {
  /** Answers the entity that a relationship points to; without it, no linked entity is found. */
  readonly linked?: (uri: string) => Entity | undefined
}

/** What a path leads to in one instance. `time` and `text` are members such as observedAt and unitCode. */
export interface Target {
  readonly kind: AttributeKind | 'time' | 'text'
  /** The values that stand there; several for an array, a language map, or a relationship to many. */
  readonly items: readonly JsonValue[]
  /** An array: equality looks into it, order and patterns do not apply. */
  readonly many: boolean
}

type Test = (target: Target) => boolean

/** Tells whether any of the targets that a path leads to passes a test (CIM 009 v1.9.1, 4.9, target element). */
export function someTarget(path: QPath, entity: Entity, context: QueryContext, test: Test): boolean {
  if (path.attributes.length === 0) return testMember(path.member, entity, test)
  return someInstance(entity.attributes, path, 0, (instance) => {
    if (path.linked) return someLinked(path.linked, instance, context, test)
    if (path.member) return testMember(path.member, instance, test)
    const target = targetOf(instance, path.value)
    return target !== undefined && test(target)
  })
}

function someInstance(
  attributes: Attributes | undefined,
  path: QPath,
  level: number,
  test: (instance: Instance) => boolean,
): boolean {
  const name = path.attributes[level]
  if (!attributes || name === undefined || !Object.hasOwn(attributes, name)) return false
  const last = level === path.attributes.length - 1
  return (attributes[name] ?? []).some((instance) =>
    last ? test(instance) : someInstance(instance.attributes, path, level + 1, test),
  )
}

function someLinked(
  { types, path }: NonNullable<QPath['linked']>,
  instance: Instance,
  context: QueryContext,
  test: Test,
): boolean {
  if (!context.linked || !isLink(instance)) return false
  return itemsOf(instance.value).some((uri) => {
    const entity = typeof uri === 'string' ? context.linked?.(uri) : undefined
    if (!entity) return false
    if (types.length > 0 && !types.some((type) => entity.types.includes(type))) return false
    return someTarget(path, entity, context, test)
  })
}

/** Members of an entity or an instance; those that are not there do not exist. */
type Bearer = { readonly [member in SystemMember]?: Micros | string }

function testMember(member: SystemMember | undefined, bearer: Bearer, test: Test): boolean {
  const value = member && bearer[member]
  if (value === undefined) return false
  return test({ kind: typeof value === 'number' ? 'time' : 'text', items: [value], many: false })
}

/** Answers what stands at these keys of an instance's value, or in one language; undefined when nothing does. */
export function targetOf(instance: Instance, keys: readonly string[] | undefined): Target | undefined {
  const { kind, value } = instance
  if (kind === 'LanguageProperty') return languageTarget(value, keys)
  const found = keys ? memberAt(value, keys) : value
  if (found === undefined) return undefined
  const plain = unwrapped(found)
  const many = Array.isArray(plain)
  return { kind, items: itemsOf(plain), many }
}

/** Keys name own members of objects, as dots do in ECMAScript; arrays and texts have none. */
function memberAt(value: JsonValue, keys: readonly string[]): JsonValue | undefined {
  let found: JsonValue | undefined = value
  for (const key of keys) {
    if (!isJsonObject(found)) return undefined
    found = ownValue(found, key)
  }
  return found
}

/** One language (tags are compared without case) or, without brackets or with `*`, any. */
function languageTarget(map: JsonValue, keys: readonly string[] | undefined): Target | undefined {
  if (!isJsonObject(map) || (keys && keys.length > 1)) return undefined
  const tag = keys?.[0]
  const items = tag === undefined || tag === '*' ? Object.values(map) : textsOf(map, tag)
  const texts = items.flatMap(itemsOf)
  return texts.length === 0 ? undefined : { kind: 'LanguageProperty', items: texts, many: false }
}

function textsOf(map: JsonObject, tag: string): readonly JsonValue[] {
  const wanted = tag.toLowerCase()
  return Object.entries(map).flatMap(([key, texts]) => (key.toLowerCase() === wanted ? [texts] : []))
}
