import { invalidRequest } from '../../core/model/problem.ts'

/** Reads `options` where it can only ask for system attributes (CIM 009 v1.9.1, 6.3.11). @throws Problem InvalidRequest */
export function sysAttrs(query: URLSearchParams): boolean {
  const words = (query.get('options') ?? '').split(',').filter((word) => word !== '')
  for (const word of words) if (word !== 'sysAttrs') throw invalidRequest(`Option ${word} is not known here`)
  return words.length > 0
}
