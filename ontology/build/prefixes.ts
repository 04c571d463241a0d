import type { Iri, Vocabulary } from '../vocabulary.ts'

/** Answers the prefixes of the graphs that are written. */
export function graphPrefixes({ namespace, version }: Vocabulary): Readonly<Record<string, Iri>> {
  return {
    urban: namespace,
    meta: `${namespace}meta#`,
    shape: `${namespace}${version}/shapes#`,
    'ngsi-ld': 'https://uri.etsi.org/ngsi-ld/',
    rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
    rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
    owl: 'http://www.w3.org/2002/07/owl#',
    xsd: 'http://www.w3.org/2001/XMLSchema#',
    sh: 'http://www.w3.org/ns/shacl#',
    skos: 'http://www.w3.org/2004/02/skos/core#',
    dcterms: 'http://purl.org/dc/terms/',
    schema: 'https://schema.org/',
    qudt: 'http://qudt.org/schema/qudt/',
    geo: 'http://www.opengis.net/ont/geosparql#',
  }
}

/** Answers the name of one of our terms in a graph; others stay IRIs. */
export function termName(iri: Iri, { namespace }: Vocabulary): string {
  return iri.startsWith(namespace) ? `urban:${iri.slice(namespace.length)}` : iri
}
