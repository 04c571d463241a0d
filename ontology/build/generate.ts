import type { JsonValue } from '../vocabulary.ts'
import { resolveUnits, unitEntities } from './administrative-units.ts'
import { scopeEntities } from './city-scopes.ts'
import { readSource } from './read-source.ts'
import { resolve } from './resolve.ts'
import { writeContext } from './write-context.ts'
import { writeReference } from './write-reference.ts'
import { writeSchema } from './write-schema.ts'

/** Answers every generated file of a source folder by its path; the same source gives the same bytes. */
export function generate(folder: string): ReadonlyMap<string, string> {
  const source = readSource(folder)
  const vocabulary = resolve(source)
  const units = resolveUnits(source)
  const files: [string, string][] = [
    ['context.jsonld', json(writeContext(vocabulary))],
    ['vocabulary.json', json({ ...vocabulary } as unknown as JsonValue)], // its interfaces are plain JSON
    ['administrative-units.json', json(unitEntities(units))],
    ['city-scopes.json', json(scopeEntities(source, units))],
    ['index.html', writeReference(vocabulary)],
    ...vocabulary.types.map((type): [string, string] => [
      `schemas/${type.name}.json`,
      json(writeSchema(type, vocabulary)),
    ]),
  ]
  return new Map(files.map(([path, text]) => [`${vocabulary.version}/${path}`, text]))
}

function json(value: JsonValue): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
