import { type Change, type Direction, SchemaComparison } from './compare-schemas.ts'
import type { Contents, Contract, OperationContract } from './contract.ts'

type Answers = OperationContract['answers']

/** Answers what callers notice of the way from one contract to another. */
export function changesBetween(was: Contract, is: Contract): readonly Change[] {
  const schemas = new SchemaComparison({ was: was.schemas, is: is.schemas })
  const places = [...new Set([...Object.keys(was.operations), ...Object.keys(is.operations)])].sort()
  const changes = places.flatMap((place): readonly Change[] => {
    const [before, after] = [was.operations[place], is.operations[place]]
    if (!after) return [breaking(`${place} is removed`)]
    return before
      ? operation(before, after, place, schemas)
      : [{ text: `${place} is added (\`${after.id}\`)` }]
  })
  return [...changes, ...schemas.ofNamed()]
}

/**
 * Answers what is wrong with a version that is about to follow a release, one text each: what breaks needs another first
 * number, what is added another second one (Semantic Versioning 2.0).
 */
export function incompatibilities(released: Contract, current: Contract): readonly string[] {
  const changes = changesBetween(released, current)
  const [wasMajor = 0, wasMinor = 0] = numbersOf(released.version)
  const [major = 0, minor = 0] = numbersOf(current.version)
  if (major > wasMajor) return []
  if (major < wasMajor) return [`Version ${current.version} is older than ${released.version}, which is out`]
  const breaks = changes.filter((change) => change.breaks)
  if (breaks.length > 0) return breaks.map(({ text }) => `${text}: that needs version ${wasMajor + 1}.0.0`)
  if (changes.length === 0 || minor > wasMinor) return []
  return [
    `Version ${released.version} is out and stays as it is: raise info.version to ${wasMajor}.${wasMinor + 1}.0`,
  ]
}

function operation(
  was: OperationContract,
  is: OperationContract,
  place: string,
  schemas: SchemaComparison,
): readonly Change[] {
  return [
    ...(was.id === is.id ? [] : [breaking(`${place}: operationId is ${is.id} after ${was.id}`)]),
    ...(was.open && !is.open ? [breaking(`${place} needs a token`)] : []),
    ...parameters(was.parameters, is.parameters, place, schemas),
    ...body(was.body, is.body, place, schemas),
    ...answers(was.answers, is.answers, place, schemas),
  ]
}

function parameters(
  was: OperationContract['parameters'],
  is: OperationContract['parameters'],
  place: string,
  schemas: SchemaComparison,
): readonly Change[] {
  const kept = Object.entries(was).flatMap(([name, before]) => {
    const after = is[name]
    const what = `${place}, ${name}`
    if (!after) return [breaking(`${what} is removed`)]
    return [
      ...(after.required && !before.required ? [breaking(`${what} is required`)] : []),
      ...schemas.compare(before.schema, after.schema, what, 'read'),
    ]
  })
  const added = Object.entries(is).filter(([name]) => !was[name])
  return [
    ...kept,
    ...added.map(([name, { required }]): Change => {
      const text = `${place}, ${name} is added`
      return required ? breaking(`${text} and required`) : { text }
    }),
  ]
}

function body(
  was: OperationContract['body'],
  is: OperationContract['body'],
  place: string,
  schemas: SchemaComparison,
): readonly Change[] {
  if (!is) return was ? [breaking(`${place} takes no body any more`)] : []
  const needed = is.required && !was?.required ? [breaking(`${place} needs a body`)] : []
  return [
    ...needed,
    ...contents(was?.content ?? {}, is.content, { place: `${place}, body`, direction: 'read', schemas }),
  ]
}

function answers(was: Answers, is: Answers, place: string, schemas: SchemaComparison): readonly Change[] {
  const kept = Object.entries(was).flatMap(([status, before]) => {
    const after = is[status]
    const what = `${place}, ${status}`
    if (!after) return [breaking(`${what} is answered no more`)]
    const headers = before.headers.filter((name) => !after.headers.includes(name))
    return [
      ...headers.map((name) => breaking(`${what} has no header ${name} any more`)),
      ...contents(before.content, after.content, { place: what, direction: 'written', schemas }),
    ]
  })
  const added = Object.keys(is).filter((status) => !was[status])
  return [...kept, ...added.map((status) => ({ text: `${place} may answer ${status}` }))]
}

interface Compared {
  readonly place: string
  readonly direction: Direction
  readonly schemas: SchemaComparison
}

function contents(was: Contents, is: Contents, { place, direction, schemas }: Compared): readonly Change[] {
  const kept = Object.entries(was).flatMap(([type, before]) => {
    const after = is[type]
    return after
      ? schemas.compare(before, after, `${place} (${type}):`, direction)
      : [breaking(`${place} is there as ${type} no more`)]
  })
  const added = Object.keys(is).filter((type) => !was[type])
  return [...kept, ...added.map((type) => ({ text: `${place} is there as ${type}` }))]
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(Number)
}

function breaking(text: string): Change {
  return { text, breaks: true }
}
