import type { TermDefinition } from '../core/context/build-term-table.ts'
import { NGSI_LD } from '../core/model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/model/json.ts'
import { CORE_CONTEXT } from './core-context.ts'

const PREFIXES: Readonly<Record<string, string>> = {
  'ngsi-ld': NGSI_LD,
  geojson: 'https://purl.org/geojson/vocab#',
}

/** Reads the terms of the core @context without the JSON-LD library: the hub starts with them. */
export function coreDefinitions(): readonly TermDefinition[] {
  return Object.entries(CORE_CONTEXT)
    .filter(([term]) => !term.startsWith('@'))
    .map(([term, value]) => definition(term, value))
}

function definition(term: string, value: JsonValue): TermDefinition {
  const members: JsonObject = isJsonObject(value) ? value : { '@id': value }
  const { '@id': id, '@type': type, '@container': container } = members
  return {
    term,
    iri: resolved(String(id)),
    prefix: Object.hasOwn(PREFIXES, term),
    reverse: false,
    containers: typeof container === 'string' ? [container] : [],
    ...(typeof type === 'string' && { coercion: coercion(type) }),
  }
}

function coercion(type: string): string {
  return type.startsWith('@') ? type : NGSI_LD + type
}

function resolved(id: string): string {
  const [prefix = '', suffix = ''] = id.split(':')
  const namespace = PREFIXES[prefix]
  return namespace === undefined || suffix.startsWith('//') ? id : namespace + suffix
}
