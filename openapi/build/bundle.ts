import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type EntityVocabulary, entitySchemas } from '../entity-schemas.ts'
import { isTree } from '../tree.ts'

type Growing = Record<string, unknown>

/** Puts the files of one folder and the types of the ontology together to one OpenAPI document. @throws Error when two define the same thing */
export function bundle(folder: string): Growing {
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
  askForPurposes(document)
  return document
}

/** Whatever is asked of the API may say what it is for. */
function askForPurposes({ paths }: Growing): void {
  for (const [path, item] of Object.entries(isGrowing(paths) ? paths : {})) {
    if (!API.test(path) || !isGrowing(item)) continue
    const parameters = Array.isArray(item.parameters) ? item.parameters : []
    item.parameters = [...parameters, { $ref: '#/components/parameters/Purpose' }]
  }
}

const API = /^\/(?:ngsi-ld|hub)\/v1\//

function merge(target: Growing, part: Growing, place: string): void {
  for (const [name, value] of Object.entries(part)) {
    const present = target[name]
    if (present === undefined) target[name] = value
    else if (isGrowing(present) && isGrowing(value)) merge(present, value, `${place}: ${name}`)
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
