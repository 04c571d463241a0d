import { QUERY_LIMITS, tooComplex } from '../../core/query/limits.ts'

/** Reads a comma-separated parameter; undefined when it is not there. @throws Problem TooComplexQuery */
export function listParameter(
  query: URLSearchParams,
  name: string,
  limit: 'listItems' | 'ids' = 'listItems',
): readonly string[] | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const most = QUERY_LIMITS[limit]
  const items = text.split(',', most + 1)
  if (items.length > most) throw tooComplex(name, limit, QUERY_LIMITS)
  return items
}
