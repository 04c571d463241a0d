import type { Micros } from '../../core/model/time.ts'
import type { Registration } from '../registry/registration.ts'
import { boundedTables } from './bounded-tables.ts'
import { readsOnly, termsFor, urlOf } from './connect-source.ts'
import { failed, type SourceFailure, type SourceResponse, statusFailure } from './exchange.ts'
import { type KeptAnswer, type KeptAnswers, keyOfQuestion, lastingClaims } from './kept-answers.ts'
import type { OnBehalf, SourceConnection, SourceDependencies, SourceRequest } from './source-connection.ts'
import { FROM_REQUEST } from './source-headers.ts'
import { versionOf } from './source-version.ts'
import { aliasOf } from './via.ts'
import { labelOf, warning } from './warning.ts'

/** What is remembered of a source's answers to one caller (CIM 009 v1.9.1, 5.2.34 and 6.3.17). */
export interface AnswerMemory {
  /** A connection that has answers of at most that age, and calls nobody; what it answers carries warning 110. */
  recall(maxAge: Micros, instead?: SourceFailure): Promise<SourceConnection>
  /** The same connection, with its answers noted. */
  noting(connection: SourceConnection): SourceConnection
  /** Keeps what was noted. */
  keep(): void
}

/** What was read once is read again without asking anybody, or nearly so. */
const RECALL_MS = 1000
const NOTHING_KEPT: SourceFailure = { code: 199, text: 'has no answer kept', tired: false }

/** Opens the memory of one caller. It may be wrong about who asks in one way only: that it does not know the caller again. */
export function answerMemory(
  dependencies: SourceDependencies & { readonly kept: KeptAnswers },
  onBehalf: OnBehalf,
  registration: Registration,
): AnswerMemory {
  const { kept, clock, alias } = dependencies
  const { tenant } = onBehalf
  const asker = askerOf(onBehalf, registration)
  const noted = new Map<string, SourceResponse>()
  const keyOf = (request: SourceRequest, context: string): string =>
    keyOfQuestion([asker, context, request.method, urlOf(registration, request), request.body])
  return {
    recall: async (maxAge, instead) => {
      const terms = await termsFor(dependencies, onBehalf, registration)
      const version = versionOf(registration)
      const told = (answer: KeptAnswer): SourceResponse => ({
        ...answer.response,
        answeredAt: answer.at,
        warnings: [...warningsOf(answer, instead), ...answer.response.warnings],
      })
      return {
        ...terms,
        ...(version !== undefined && { version }),
        registration,
        remaining: () => RECALL_MS,
        tableOf: boundedTables(dependencies.tableOf, () => RECALL_MS),
        send: async (request) => {
          const found = isKept(request) && kept.find(keyOf(request, terms.table.hash), registration)
          return found && clock() - found.at <= maxAge ? told(found) : NOTHING_KEPT
        },
      }
    },
    noting: (connection) => ({
      ...connection,
      send: async (request) => {
        const result = await connection.send(request)
        if (isKept(request) && !failed(result) && !statusFailure(result)) {
          noted.set(keyOf(request, connection.table.hash), result)
        }
        return result
      },
    }),
    keep: () => {
      const at = clock()
      for (const [key, response] of noted) kept.keep(tenant, key, { registration, response, at })
    },
  }

  function warningsOf({ at }: KeptAnswer, instead: SourceFailure | undefined): readonly string[] {
    const [own, label] = [aliasOf(alias, tenant), labelOf(registration)]
    const age = Math.round((clock() - at) / 1_000_000)
    return [
      warning(110, own, `Source ${label} is represented by its answer of ${age} s ago`),
      ...(instead ? [warning(instead.code, own, `Source ${label} ${instead.text}`)] : []),
    ]
  }
}

/** Everything that an answer may depend on besides the question. */
function askerOf({ tenant, caller, via, headers = {} }: OnBehalf, registration: Registration): unknown {
  const handedOn = registration.contextSourceInfo
    .filter(({ value }) => value === FROM_REQUEST)
    .map(({ key }) => [key, sent(headers[key.toLowerCase()], caller)])
  const view = caller.view(tenant).id
  const { key, roles, purpose, token } = caller
  return [tenant, registration.id, key, roles, purpose, view, lastingClaims(token), handedOn, via]
}

/** Anybody can write the claims of somebody else into a header: they count only of the token that this hub has verified. */
function sent(header: string | undefined, { token }: OnBehalf['caller']): unknown {
  return token !== undefined && header === `Bearer ${token}` ? lastingClaims(token) : header
}

/** Reads of entities, their history, types and attributes: not what is known of maps, subscriptions and the source itself. */
function isKept(request: SourceRequest): boolean {
  if (!readsOnly(request) || request.entityMap !== undefined) return false
  return /^(\/temporal)?\/(entities|types|attributes|entityOperations)(\/|$)/.test(request.path)
}
