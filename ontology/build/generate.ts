import { keptVocabulary } from '../kept-vocabulary.ts'
import type { JsonValue } from '../vocabulary.ts'
import { resolveUnits, unitEntities } from './administrative-units.ts'
import { scopeEntities } from './city-scopes.ts'
import { writeLinkedData, writeTurtle } from './graph.ts'
import { readSource } from './read-source.ts'
import { resolve } from './resolve.ts'
import { writeContext } from './write-context.ts'
import { writeOntology } from './write-ontology.ts'
import { writeReference } from './write-reference.ts'
import { writeSchemas } from './write-schema.ts'
import { writeShapes } from './write-shapes.ts'
import { writeTypes } from './write-types.ts'

/** Answers every generated file of a source folder by its path; the same source gives the same bytes. */
export function generate(folder: string): ReadonlyMap<string, string> {
  const source = readSource(folder)
  const vocabulary = resolve(source)
  const units = resolveUnits(source)
  const ontology = writeOntology(vocabulary)
  const { title, namespace, version, release, contextUrl } = vocabulary
  const files: [string, string][] = [
    ['about.json', writeJson({ title: { ...title }, namespace, version, release, contextUrl }, 1)],
    ['context.jsonld', writeJson(writeContext(vocabulary), 2)],
    ['vocabulary.json', writeJson(keptVocabulary(vocabulary), 2)],
    ['administrative-units.json', writeJson(unitEntities(units), 1)],
    ['city-scopes.json', writeJson(scopeEntities(source, units), 1)],
    ['ontology.ttl', writeTurtle(ontology)],
    ['ontology.jsonld', writeJson(writeLinkedData(ontology), 2)],
    ['shapes.ttl', writeTurtle(writeShapes(vocabulary))],
    ['entities.ts', writeTypes(vocabulary)],
    ...writeReference(vocabulary),
    ...[...writeSchemas(vocabulary)].map(([name, schema]): [string, string] => [
      `schemas/${name}`,
      writeJson(schema, 2),
    ]),
  ]
  return new Map(files.map(([path, text]) => [`${version}/${path}`, text]))
}

/** Writes JSON with so many levels unfolded, and each thing below on a line of its own. */
export function writeJson(value: JsonValue, levels: number): string {
  return `${unfolded(value, levels, '')}\n`
}

function unfolded(value: JsonValue, levels: number, indent: string): string {
  if (levels === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent} `
  const list = Array.isArray(value)
  const lines = list
    ? value.map((item: JsonValue) => inner + unfolded(item, levels - 1, inner))
    : Object.entries(value).map(
        ([name, item]) => `${inner}${JSON.stringify(name)}: ${unfolded(item, levels - 1, inner)}`,
      )
  if (lines.length === 0) return list ? '[]' : '{}'
  return `${list ? '[' : '{'}\n${lines.join(',\n')}\n${indent}${list ? ']' : '}'}`
}
