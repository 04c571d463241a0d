import { NGSI_LD } from '../model/iri.ts'
import type { TermTable } from './term-table.ts'

/** The table without terms: every name is the IRI that it stands for. */
export const IRI_TABLE: TermTable = {
  hash: 'iri',
  source: {},
  served: {},
  url: NGSI_LD,
  expand: (name) => name,
  compact: (iri) => iri,
  coercion: () => undefined,
}
