import { expect } from 'chai'
import { diffPolicies } from '../../../security/policy/diff-policies.ts'
import { loadPolicies } from '../../../security/policy/load-policies.ts'
import { iri, vocabulary } from './support/vocabulary.ts'

const rule = (id: string, members: string) => `  - { id: ${id}, ${members} }\n`
const load = (...rules: readonly string[]) =>
  loadPolicies([{ name: 'a.yaml', text: `rules:\n${rules.join('') || '  []\n'}` }], vocabulary)
const READS = rule(
  'reads',
  'effect: permit, subject: { role: clerk }, action: read, resource: { type: Device }',
)
const MASKS = rule(
  'masks',
  'effect: mask, method: partial, subject: { role: clerk }, action: read, resource: { attribute: reporterName }',
)
const PERMITS = rule(
  'permits',
  'effect: permit, subject: { role: clerk }, action: read, resource: { class: basic }',
)
const diff = (before: readonly string[], after: readonly string[]) =>
  diffPolicies(load(...before), load(...after)).map(
    ({ subject, direction, action, what, attribute, before: was, after: is }) =>
      `${subject} ${direction} ${action} ${[what, attribute ?? ''].join(' ').replaceAll(iri(''), '').trim()}: ${was} > ${is}`,
  )

describe('security/policy: diffPolicies', () => {
  it('finds nothing in what says the same, in whichever order it is described', () => {
    expect(diff([READS, MASKS], [READS, MASKS])).to.deep.equal([])
    expect(diff([READS], [READS.replace(' }\n', ', description: other words }\n')])).to.deep.equal([])
  })

  it('tells who gains and who loses entities', () => {
    expect(diff([], [READS])).to.include('role clerk gains read Device: no > yes')
    expect(diff([READS], [])).to.include('role clerk loses read Device: yes > no')
    expect(diff([READS], []).every((line) => line.startsWith('role clerk loses'))).to.equal(true)
  })

  it('tells how attributes are treated otherwise', () => {
    const [device] = vocabulary.attributesOf(iri('Device'))
    if (device === undefined) return
    const more = diff([READS], [READS, PERMITS])
    expect(more.every((line) => line.includes('gains read'))).to.equal(true)
  })

  it('tells how often somebody may ask', () => {
    const slow = READS.replace(' }\n', ', obligations: { limit: { requests: 9, per: hour } } }\n')
    expect(diff([READS], [slow])).to.deep.equal([
      'role clerk loses read Device: yes > where at most 9 requests per hour',
    ])
  })

  it('tells what is told of many otherwise: exports from before and after could be joined', () => {
    const released = (by: string) => READS.replace(' }\n', `, obligations: { release: { by: [${by}] } } }\n`)
    expect(diff([released('status, category')], [released('category, status')])).to.deep.equal([])
    expect(diff([released('status')], [released('status, category')])).to.include(
      'role clerk changes read Device: where exports of at least 5 alike in status > where exports of at least 5 alike in category and status',
    )
    const averages = READS.replace(
      ' }\n',
      ', obligations: { aggregateOnly: { by: [status], history: { of: [pm25], every: day } } } }\n',
    )
    expect(diff([], [averages])).to.include(
      'role clerk gains read Device: no > where counts of at least 5 by status, averages of pm25 by day',
    )
  })

  it('tells conditions in the words of the rules', () => {
    const open = READS.replace('type: Device', `type: Device, condition: 'status=="on"'`)
    expect(diff([READS], [open])).to.deep.equal([
      'role clerk loses read Device: yes > where condition status=="on"',
    ])
  })

  it('tells other kinds of things, and everybody whom a rule means', () => {
    const feeds = rule(
      'feeds',
      'effect: permit, subject: [{ role: [a, b], city: c }, { anonymous: true }], action: [read, update], resource: { kind: feed }',
    )
    expect(diff([], [feeds])).to.deep.equal([
      'nobody in particular (no token) gains read feed: no > yes',
      'nobody in particular (no token) gains update feed: no > yes',
      'role a, city c gains read feed: no > yes',
      'role a, city c gains update feed: no > yes',
      'role b, city c gains read feed: no > yes',
      'role b, city c gains update feed: no > yes',
    ])
  })

  it('lets a denial take everything', () => {
    const denial = rule('not', 'effect: deny, subject: { any: true }, action: read')
    expect(diff([READS], [READS, denial])).to.include('role clerk loses read Device: yes > no')
  })
})
