import { itemsOf } from '../../core/model/json.ts'
import { answerTable } from '../forward/answer-table.ts'
import { failed, type SourceFailure, statusFailure } from '../forward/exchange.ts'
import {
  type Called,
  type OnBehalf,
  type SourceConnection,
  type SourceDependencies,
  withSource,
} from '../forward/source-connection.ts'
import { aliasOf } from '../forward/via.ts'
import { failureWarnings } from '../forward/warning.ts'
import type { Forward, MatchRequest } from '../registry/match-registrations.ts'
import type { Registration } from '../registry/registration.ts'
import { keepRegisteredFindings } from './keep-registered-findings.ts'
import { type DiscoveryQuestion, type Finding, type Findings, readFindings } from './read-findings.ts'

/** A question that other hubs are asked too. */
export interface FederatedDiscovery extends OnBehalf {
  readonly question: DiscoveryQuestion
  /** Only what is told with its type is of use: a source that can tell it is asked for more than the question wants. */
  readonly typed: boolean
}

/** Which types or attributes other hubs have. */
export interface DiscoveredElsewhere {
  readonly findings: readonly Finding[]
  /** The sum of what they told of the one that was asked for; absent: not every one did. */
  readonly count?: number
  readonly warnings: readonly string[]
}

const OPERATIONS = {
  types: ['retrieveEntityTypes', 'retrieveEntityTypeDetails', 'retrieveEntityTypeInfo'],
  attributes: ['retrieveAttrTypes', 'retrieveAttrTypeDetails', 'retrieveAttrTypeInfo'],
} as const

/** What a registration has to offer, and be about, to be asked (CIM 009 v1.9.1, 4.20 and 5.7.11). */
export function discoveryMatch({ about, details, name }: DiscoveryQuestion): Pick<
  MatchRequest,
  'types' | 'attributes'
> & {
  readonly operations: readonly string[]
} {
  const [list, detailed, one] = OPERATIONS[about]
  if (name === undefined) return { operations: [details ? detailed : list] }
  return {
    operations: [one],
    ...(about === 'types' ? { types: { kind: 'type', type: name } } : { attributes: [name] }),
  }
}

/** Asks each of these sources, all at once, which types or attributes it has (CIM 009 v1.9.1, 5.7.11). */
export async function discoverSources(
  dependencies: SourceDependencies,
  read: FederatedDiscovery,
  forwards: readonly Forward[],
): Promise<DiscoveredElsewhere> {
  const registrations = new Set(forwards.map(({ registration }) => registration))
  const answers = await Promise.all([...registrations].map((each) => askOne(dependencies, read, each)))
  const told = answers.every(({ count }) => count !== undefined)
  return {
    findings: answers.flatMap(({ findings }) => findings),
    ...(told && { count: answers.reduce((sum, { count = 0 }) => sum + count, 0) }),
    warnings: answers.flatMap(({ warnings }) => warnings),
  }
}

interface Told extends Findings {
  readonly warnings: readonly string[]
}

async function askOne(
  dependencies: SourceDependencies,
  read: FederatedDiscovery,
  registration: Registration,
): Promise<Told> {
  const question = read.typed ? detailedWhere(read.question, registration) : read.question
  const called = await withSource<Told>(dependencies, read, {
    registration,
    reads: true,
    work: (connection) => ask(connection, question),
  })
  const { failure, ...told } = called
  const { findings, warnings, count } = { findings: [], warnings: [], ...told } as Told // all of it, or none
  return {
    findings: keepRegisteredFindings(registration, findings),
    ...(count !== undefined && { count }),
    warnings: [
      ...failureWarnings(aliasOf(dependencies.alias, read.tenant), registration, failure),
      ...warnings,
    ],
  }
}

function detailedWhere(question: DiscoveryQuestion, { operations }: Registration): DiscoveryQuestion {
  const offered = operations.has(OPERATIONS[question.about][1])
  return question.name === undefined && offered ? { ...question, details: true } : question
}

const INVALID: SourceFailure = { code: 111, text: 'answered with something that is no NGSI-LD', tired: false }

async function ask(connection: SourceConnection, question: DiscoveryQuestion): Promise<Called<Told>> {
  const answer = await connection.send({ method: 'GET', ...requestOf(connection, question) })
  if (failed(answer)) return { failure: answer }
  const { status, body, warnings } = answer
  const failure = statusFailure(answer)
  if (failure) return { failure, findings: [], warnings }
  if (status === 404) return { findings: [], warnings, ...(question.name !== undefined && { count: 0 }) }
  try {
    const table = await answerTable(itemsOf(body)[0], connection.table, connection)
    return { ...readFindings(body, question, table), warnings }
  } catch {
    return { failure: INVALID, findings: [], warnings }
  }
}

function requestOf(
  { registration, table }: SourceConnection,
  { about, details, name }: DiscoveryQuestion,
): { readonly path: string; readonly parameters: URLSearchParams } {
  const parameters = new URLSearchParams()
  if (details) parameters.set('details', 'true')
  if (registration.localOnly) parameters.set('local', 'true')
  const path = name === undefined ? `/${about}` : `/${about}/${encodeURIComponent(table.compact(name))}`
  return { path, parameters }
}
