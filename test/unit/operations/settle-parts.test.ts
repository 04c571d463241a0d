import { expect } from 'chai'
import { Problem, type ProblemCode } from '../../../broker/core/model/problem.ts'
import type { PartOutcome } from '../../../broker/federation/distribute/part-outcome.ts'
import { settleParts } from '../../../broker/operations/distributed/settle-parts.ts'

const here = (code?: ProblemCode): PartOutcome => ({
  attributes: [],
  ...(code && { problem: new Problem(code, 'here') }),
})
const there = (code?: ProblemCode, more: Partial<PartOutcome> = {}): PartOutcome => ({
  ...here(code),
  registrationId: 'urn:r:1',
  ...more,
})

/** The code that is thrown, or how many parts are told of. */
function settled(...parts: readonly PartOutcome[]): string | number {
  try {
    return settleParts(parts).length
  } catch (error) {
    return error instanceof Problem ? error.code : String(error)
  }
}

describe('6.3.17 What a distributed write comes to', () => {
  const unasked = { unasked: true } as const
  const looped = { looped: true } as const
  const cases: readonly [string, readonly PartOutcome[], string | number][] = [
    ['all done is told of no part', [here(), there(), there()], 0],
    ['a single part says what it has to say itself', [there('GatewayTimeout')], 'GatewayTimeout'],
    ['this hub alone too', [here('AlreadyExists')], 'AlreadyExists'],
    ['one of several failed', [here(), there('BadGateway')], 2],
    ['all of several failed', [here('AlreadyExists'), there('AlreadyExists')], 2],
    ['nobody knows the entity', [here('ResourceNotFound'), there('ResourceNotFound')], 'ResourceNotFound'],
    ['no source could be asked', [there('Conflict', unasked), there('Conflict', unasked)], 'Conflict'],
    [
      'no source could be asked, and this hub does not know it',
      [here('ResourceNotFound'), there('Forbidden', unasked)],
      'Forbidden',
    ],
    ['a source could not be asked, this hub did its part', [here(), there('Conflict', unasked)], 2],
    ['one was asked and the other could not be', [there('BadGateway'), there('Conflict', unasked)], 2],
    ['a single source did a part', [there('BadGateway', { partly: true })], 1],
    [
      'a single source left an attribute',
      [there(undefined, { notUpdated: [{ attribute: 'a', reason: 'r' }] })],
      1,
    ],
    ['who had the request before has no part in it', [here(), there('LoopDetected', looped)], 0],
    ['unless there is nobody else', [there('LoopDetected', looped)], 'LoopDetected'],
  ]
  for (const [title, parts, expected] of cases) {
    it(title, () => expect(settled(...parts)).to.equal(expected))
  }
})
