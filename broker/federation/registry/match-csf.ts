import type { TermTable } from '../../core/context/term-table.ts'
import type { QNode } from '../../core/query/ast.ts'
import { matchQ } from '../../core/query/match-q.ts'
import { decodeAnswer } from '../forward/decode-answer.ts'
import type { Registration } from './registration.ts'

/** Members of the standard that a context source filter may look at, besides the registration's own properties. */
const FILTERABLE = [
  'registrationName',
  'description',
  'endpoint',
  'contextSourceAlias',
  'mode',
  'tenant',
  'refreshRate',
]

/** Passes on the registrations that pass a context source filter; without one all do. */
export function* passCsf(
  csf: QNode | undefined,
  registrations: Iterable<Registration>,
  table: TermTable,
): Generator<Registration> {
  for (const registration of registrations) {
    if (!csf || matchCsf(csf, registration, table)) yield registration
  }
}

/** Tells whether a registration passes a context source filter (CIM 009 v1.9.1, 4.9), by what describes its source. */
export function matchCsf(csf: QNode, { document }: Registration, table: TermTable): boolean {
  const standard = FILTERABLE.flatMap((name) => {
    const value = document[name]
    return value === undefined ? [] : [[table.expand(name), { type: 'Property', value }] as const]
  })
  // names of its own are kept expanded, those of the standard are not
  const own = Object.entries(document).filter(([name]) => name.includes(':'))
  const body = {
    ...Object.fromEntries([...own, ...standard]),
    id: document.id ?? '',
    type: 'ContextSourceRegistration',
  }
  return matchQ(csf, decodeAnswer(body, table))
}
