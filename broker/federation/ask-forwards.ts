import type { Entity } from '../core/model/entity.ts'
import type { Copy } from './combine/combine-copies.ts'
import type { FederatedCopies, FederationDependencies } from './federation.ts'
import { askSource, type SourceAnswer, type SourceQuestion, type ToldTogether } from './forward/ask-source.ts'
import { type OnBehalf, withSource } from './forward/source-connection.ts'
import { aliasOf } from './forward/via.ts'
import { failureWarnings, labelOf, warning } from './forward/warning.ts'
import type { Registration } from './registry/registration.ts'
import type { Untaken } from './registry/untaken.ts'

/** What sources answered together. */
export interface ForwardedAnswers extends Pick<FederatedCopies, 'copies' | 'warnings'> {
  /** Every source answered, and with all that it has. */
  readonly complete: boolean
  /** A source does not know the EntityMap any more that it was handed. */
  readonly lostMap: boolean
  /** What sources told of entities that the caller sees none of, each by its registration. */
  readonly together: readonly (ToldTogether & { readonly source: string })[]
}

/** Asks sources, all at once: none waits for another. What proxied registrations take is not in what they answer. */
export async function askForwards(
  dependencies: FederationDependencies,
  read: OnBehalf,
  questions: readonly SourceQuestion[],
  untaken: Untaken | undefined,
): Promise<ForwardedAnswers> {
  const answers = await Promise.all(questions.map((question) => askOne(dependencies, read, question)))
  return {
    copies: answers.flatMap(({ copies, mode }) => (untaken ? left(copies, mode, untaken) : copies)),
    warnings: distinct(answers.flatMap(({ warnings }) => warnings)),
    complete: answers.every(({ complete }) => complete),
    lostMap: answers.some(({ lostMap }) => lostMap),
    together: answers.flatMap(({ together }) => together),
  }
}

/** Each text once. */
export function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}

interface NamedAnswer extends ForwardedAnswers {
  readonly mode: Registration['mode']
}

function left(copies: readonly Copy[], mode: Registration['mode'], untaken: Untaken): readonly Copy[] {
  return copies.flatMap((copy) => {
    const entity = untaken.of(copy.entity, mode)
    return entity ? [{ ...copy, entity }] : []
  })
}

async function askOne(
  dependencies: FederationDependencies,
  read: OnBehalf,
  question: SourceQuestion,
): Promise<NamedAnswer> {
  const { registration } = question.forward
  const { failure, ...answer } = await withSource<SourceAnswer>(dependencies, read, {
    registration,
    reads: true,
    work: (connection) => askSource(dependencies, connection, question),
  })
  const { entities, complete, warnings, answeredAt, lostMap = false, together } = { ...NOTHING, ...answer }
  const own = aliasOf(dependencies.alias, read.tenant)
  const label = labelOf(registration)
  const told = [...failureWarnings(own, registration, failure)]
  if (question.unfiltered && !complete && !failure)
    told.push(warning(199, own, `Source ${label} has more entities than were looked at`))
  const { id: source, mode } = registration
  const answered = { label, at: answeredAt ?? dependencies.clock() }
  const copyOf: (entity: Entity) => Copy =
    mode === 'auxiliary'
      ? (entity) => ({ source, answer: answered, entity, auxiliary: true })
      : (entity) => ({ source, answer: answered, entity })
  return {
    mode,
    copies: entities.map(copyOf),
    complete,
    lostMap,
    together: together ? [{ ...together, source }] : [],
    warnings: [...told, ...warnings],
  }
}

const NOTHING: SourceAnswer = { entities: [], complete: false, warnings: [] }
