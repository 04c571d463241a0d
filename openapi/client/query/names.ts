const SIMPLE = /^\p{L}[\p{L}\p{N}_]*$/u
const PREFIXED = /^\p{L}[\p{L}\p{N}_-]*:\p{L}[\p{L}\p{N}_]*$/u
/** An IRI without the characters of the query language; what looks like `name.observedAt` at its end would be read as that. */
const IRI =
  /^(?:urn:|[A-Za-z][A-Za-z0-9-]*:\/)(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\-._:/?#@$&'*+%])+$/u
const MEMBER_END = /\.(?:observedAt|createdAt|modifiedAt|expiresAt|unitCode|datasetId)$/

/** Members of an attribute that are no attributes themselves (CIM 009 v1.9.1, 4.9). */
const SYSTEM_MEMBERS = [
  'observedAt',
  'createdAt',
  'modifiedAt',
  'expiresAt',
  'unitCode',
  'datasetId',
] as const

export type SystemMember = (typeof SYSTEM_MEMBERS)[number]

/** Answers a name as queries may have it. @throws TypeError for one that would be read as something else, or not at all */
export function checkedName(name: string, what: string): string {
  const known = SIMPLE.test(name) || PREFIXED.test(name) || (IRI.test(name) && !MEMBER_END.test(name))
  if (!known || (SYSTEM_MEMBERS as readonly string[]).includes(name))
    throw new TypeError(`${what} ${JSON.stringify(name)} is no name that a query can hold`)
  return name
}

/** Tells whether a name goes on behind its dots, so that nothing can follow it in a path. */
export function takesDots(name: string): boolean {
  return !SIMPLE.test(name) && !PREFIXED.test(name)
}

/** Answers the selection of one type or of any of several (CIM 009 v1.9.1, 4.17); `*` is every type. @throws TypeError */
export function typeSelection(types: string | readonly string[]): string {
  const names = [types].flat()
  if (names.length === 1 && names[0] === '*') return '*'
  if (names.length === 0) throw new TypeError('Query names no type')
  return names.map((name) => checkedName(name, 'Type')).join(',')
}
