import { buildTermTable, type TermDefinition } from '../../../broker/core/context/build-term-table.ts'
import type { TermTable } from '../../../broker/core/context/term-table.ts'
import { DEFAULT_CONTEXT, NGSI_LD } from '../../../broker/core/model/iri.ts'

/** Builds one definition; a plain term unless told otherwise. */
export function term(name: string, iri: string | null, more: Partial<TermDefinition> = {}): TermDefinition {
  return { term: name, iri, prefix: false, reverse: false, containers: [], ...more }
}

/** Builds a table of these definitions and the few core terms that the tests name. */
export function tableOf(...definitions: readonly TermDefinition[]): TermTable {
  const core = [
    term('id', '@id'),
    term('type', '@type'),
    term('ngsi-ld', NGSI_LD, { prefix: true }),
    term('location', `${NGSI_LD}location`),
    term('Property', `${NGSI_LD}Property`),
    term('value', `${NGSI_LD}hasValue`),
    term('observedAt', `${NGSI_LD}observedAt`, { coercion: `${NGSI_LD}DateTime` }),
    term('unitCode', `${NGSI_LD}unitCode`),
    term('scope', `${NGSI_LD}scope`),
    term('entity', `${NGSI_LD}entity`),
    term('lang', `${NGSI_LD}lang`),
    term('langString', 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString'),
  ]
  return buildTermTable({
    hash: 'test',
    source: 'https://example.org/context.jsonld',
    url: 'https://example.org/context.jsonld',
    vocabulary: DEFAULT_CONTEXT,
    definitions: [...core, ...definitions],
  })
}
