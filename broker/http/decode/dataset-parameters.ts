import { type Iri, isIri } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { listParameter } from './list-parameter.ts'

const DEFAULT = '@none'

/** Reads which instance is meant; undefined: the default one (CIM 009 v1.9.1, 4.5.5). @throws Problem BadRequestData */
export function datasetId(query: URLSearchParams): Iri | undefined {
  const text = query.get('datasetId') ?? DEFAULT
  return checked(text) === DEFAULT ? undefined : text
}

/** Reads which instances are wanted, `@none` for the default one (6.4.3.2). @throws Problem BadRequestData, TooComplexQuery */
export function datasetIds(query: URLSearchParams): { readonly datasetIds?: readonly string[] } {
  const list = listParameter(query, 'datasetId')
  return list ? { datasetIds: list.map(checked) } : {}
}

function checked(text: string): string {
  if (text === DEFAULT || isIri(text)) return text
  throw badRequestData(`Parameter datasetId holds ${JSON.stringify(text)}, which is neither a URI nor @none`)
}
