import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { entitySchemas } from './entity-schemas.ts'

type Tree = Record<string, unknown>

/** Puts the files of one folder and the types of the ontology together to one OpenAPI document. @throws Error when two define the same thing */
export function bundle(folder: string): Tree {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
  const document: Tree = {}
  for (const file of ['common.yaml', ...files.filter((name) => name !== 'common.yaml')]) {
    const part: unknown = parse(readFileSync(join(folder, file), 'utf8'), { merge: true })
    if (!isTree(part)) throw new Error(`File ${file} holds no part of a document`)
    merge(document, part, file)
  }
  const schemas = entitySchemas(join(folder, '..', '..', 'ontology', 'generated'))
  merge(document, { components: { schemas } }, 'ontology')
  askForPurposes(document)
  return document
}

/** Whatever is asked of the API may say what it is for. */
function askForPurposes({ paths }: Tree): void {
  for (const [path, item] of Object.entries(isTree(paths) ? paths : {})) {
    if (!API.test(path) || !isTree(item)) continue
    const parameters = Array.isArray(item.parameters) ? item.parameters : []
    item.parameters = [...parameters, { $ref: '#/components/parameters/Purpose' }]
  }
}

const API = /^\/(?:ngsi-ld|hub)\/v1\//

function merge(target: Tree, part: Tree, place: string): void {
  for (const [name, value] of Object.entries(part)) {
    const present = target[name]
    if (present === undefined) target[name] = value
    else if (isTree(present) && isTree(value)) merge(present, value, `${place}: ${name}`)
    else throw new Error(`${place}: ${name} is defined twice`)
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
