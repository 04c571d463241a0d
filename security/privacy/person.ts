import { createHmac } from 'node:crypto'
import { isJsonArray, isJsonObject, type JsonValue } from '../../broker/core/model/json.ts'
import { badRequestData } from '../../broker/core/model/problem.ts'
import { composedText, foldedText } from '../masking/folded-text.ts'
import { type PersonIdentifier, parseIdentifier } from './person-identifier.ts'

/** How much of a value is a person's: it is an identifier of hers, or speaks of one. */
export type Mention = 'whole' | 'part'

/** Somebody who is looked for. */
export interface Person {
  readonly identifiers: readonly PersonIdentifier[]
  /** Tells whether a value holds an identifier of hers, in whatever writing. */
  mention(value: JsonValue): Mention | undefined
}

const MOST = 20

/** Reads whom to look for, by all that she goes by. @throws Problem BadRequestData */
export function parsePerson(texts: JsonValue | undefined): Person {
  if (
    !isJsonArray(texts) ||
    texts.length === 0 ||
    texts.length > MOST ||
    !texts.every((each) => typeof each === 'string')
  )
    throw badRequestData(`Member identifiers is not a list of 1 to ${MOST} texts such as "phone:…"`)
  return personOf(texts.map(parseIdentifier))
}

/** Answers who goes by these identifiers. */
export function personOf(identifiers: readonly PersonIdentifier[]): Person {
  const numbers = new Set(identifiers.flatMap((each) => each.numbers))
  const inText = (text: string): Mention | undefined => {
    if (text.length < 6) return undefined
    const folded = foldedText(composedText(text))
    if (identifiers.some(({ whole }) => whole.test(folded))) return 'whole'
    if (identifiers.some(({ pattern }) => pattern.test(folded))) return 'part'
    return text.includes('%') && identifiers.some(({ pattern }) => pattern.test(unpercent(folded)))
      ? 'part'
      : undefined
  }
  const mention = (value: JsonValue): Mention | undefined => {
    if (typeof value === 'string') return inText(value)
    if (typeof value === 'number') return numbers.has(String(value)) ? 'whole' : undefined
    if (isJsonArray(value)) return most(value, mention)
    if (!isJsonObject(value)) return undefined
    return most(Object.keys(value), inText) ?? most(Object.values(value), mention)
  }
  return { identifiers, mention }
}

/** Answers the larger of two mentions. */
export function larger(one: Mention | undefined, other: Mention | undefined): Mention | undefined {
  return one === 'whole' || other === undefined ? one : other
}

/**
 * Answers under what records speak of a person: a pseudonym of each identifier, keyed by the hub's secret, which tells nobody
 * without that key who it is.
 */
export function personReferences({ identifiers }: Person, key: Uint8Array): readonly string[] {
  return identifiers.map(({ kind, normal }) =>
    createHmac('sha256', key)
      .update(JSON.stringify([kind, normal]))
      .digest('hex')
      .slice(0, 32),
  )
}

function most<T>(values: readonly T[], of: (value: T) => Mention | undefined): Mention | undefined {
  let found: Mention | undefined
  for (const value of values) {
    found = larger(found, of(value))
    if (found === 'whole') return found
  }
  return found
}

function unpercent(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}
