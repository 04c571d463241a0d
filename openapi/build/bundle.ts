import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type EntityVocabulary, entitySchemas } from '../entity-schemas.ts'
import { isTree, listOf, type Tree, treeOf } from '../tree.ts'
import { withExamples } from './examples.ts'
import { problemTypeSchema } from './problem-schema.ts'
import { refusalResponses, withRefusals } from './refusals.ts'

type Growing = Record<string, unknown>

/** Puts the files of one folder and the types of the ontology together to one OpenAPI document. @throws Error when two define the same thing */
export function bundle(folder: string): Tree {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
  const document: Growing = {}
  for (const file of ['common.yaml', ...files.filter((name) => name !== 'common.yaml')]) {
    const part: unknown = parse(readFileSync(join(folder, file), 'utf8'), { merge: true })
    if (!isTree(part)) throw new Error(`File ${file} holds no part of a document`)
    merge(document, part, file)
  }
  const schemas = entitySchemas(newestVocabulary(join(folder, '..', '..', 'ontology', 'generated')), 'en')
  merge(document, { components: { schemas } }, 'ontology')
  const problems = { schemas: { ProblemType: problemTypeSchema() }, responses: refusalResponses() }
  merge(document, { components: problems }, 'problem-types.ts')
  const items = Object.entries(treeOf(document.paths)).map(([path, item]) => [
    path,
    API.test(path) ? completed(treeOf(item)) : item,
  ])
  return withExamples({ ...document, paths: Object.fromEntries(items) }, join(folder, '..', 'examples'))
}

/** Whatever is asked of the API may say in which tenant, and what it is for, and is refused alike. */
function completed(item: Tree): Tree {
  const shared = others(item.parameters)
  const members = Object.entries(item).map(([name, member]) => [
    name,
    isTree(member) ? completedOperation(name, member, shared) : member,
  ])
  return { ...Object.fromEntries(members), parameters: [...shared, ...EVERYWHERE] }
}

function completedOperation(method: string, operation: Tree, shared: readonly unknown[]): Tree {
  return {
    ...operation,
    ...(operation.parameters !== undefined && { parameters: others(operation.parameters) }),
    responses: withRefusals(method, operation, shared),
  }
}

function others(parameters: unknown): readonly unknown[] {
  return listOf(parameters).filter((each) => EVERYWHERE.every(({ $ref }) => treeOf(each).$ref !== $ref))
}

const EVERYWHERE = ['Tenant', 'Purpose'].map((name) => ({ $ref: `#/components/parameters/${name}` }))

/** The API, and its document, which depends on who asks as well. */
const API = /^\/(?:(?:ngsi-ld|hub)\/v1\/|openapi\.json$)/

function merge(target: Growing, part: Tree, place: string): void {
  for (const [name, value] of Object.entries(part)) {
    const present = target[name]
    if (present === undefined) target[name] = value
    else if (isGrowing(present) && isTree(value)) merge(present, value, `${place}: ${name}`)
    else throw new Error(`${place}: ${name} is defined twice`)
  }
}

function isGrowing(value: unknown): value is Growing {
  return isTree(value)
}

function newestVocabulary(generated: string): EntityVocabulary {
  const version = readdirSync(generated).sort(byNumber).at(-1) ?? ''
  return JSON.parse(readFileSync(join(generated, version, 'vocabulary.json'), 'utf8')) as EntityVocabulary // the ontology's own build wrote it
}

function byNumber(left: string, right: string): number {
  return Number(left.slice(1)) - Number(right.slice(1))
}
