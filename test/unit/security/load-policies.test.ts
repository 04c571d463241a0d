import { Ajv } from 'ajv'
import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { loadPolicies, type PolicyFault } from '../../../security/policy/load-policies.ts'
import { POLICY_SCHEMA } from '../../../security/policy/policy-schema.ts'
import { iri, vocabulary } from './support/vocabulary.ts'

const GOOD = `rules:
  - id: public.reads
    effect: permit
    subject: { role: public }
    action: read
    resource: { type: AirQualityObserved }
`

function faultsOf(...texts: readonly string[]): readonly PolicyFault[] {
  try {
    loadPolicies(
      texts.map((text, at) => ({ name: `${at}.yaml`, text })),
      vocabulary,
    )
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    expect(error.code).to.equal('BadRequestData')
    return error.members.faults as unknown as readonly PolicyFault[] // what the loader puts there
  }
  throw new Error('No fault was found')
}

const rule = (lines: string) =>
  `rules:\n  - id: a\n    effect: permit\n    subject: { any: true }\n    action: read\n${lines}`

describe('security/policy: loadPolicies', () => {
  it('has a schema that is valid', () => {
    const ajv = new Ajv({ strict: false })
    expect(ajv.validateSchema(POLICY_SCHEMA), ajv.errorsText()).to.equal(true)
    expect(ajv.validateSchema({ ...POLICY_SCHEMA, type: 'objekt' })).to.equal(false)
  })

  it('reads a rule and expands its names', () => {
    const [first] = loadPolicies([{ name: 'a.yaml', text: GOOD }], vocabulary).rules
    expect(first?.id).to.equal('public.reads')
    expect([...(first?.types ?? [])]).to.deep.equal([iri('AirQualityObserved')])
  })

  it('takes no file as no rule', () => {
    expect(loadPolicies([], vocabulary).rules).to.deep.equal([])
  })

  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ['an unknown entity type', rule('    resource: { type: Unicorn }\n'), 6, /Unicorn is not known/],
    [
      'one of several types',
      rule('    resource:\n      type:\n        - Device\n        - Unicorn\n'),
      9,
      /Unicorn/,
    ],
    [
      'an unknown class',
      rule('    resource:\n      class: secret\n'),
      7,
      /none, basic, sensitive, children, unclassified/,
    ],
    ['an unknown member', rule('    resouce: { type: Device }\n'), 6, /unknown member resouce/],
    ['an unknown action', GOOD.replace('read\n', 'peek\n'), 5, /read, create, update, delete/],
    [
      'a limit of what is not permitted',
      rule('    obligations: { limit: { requests: 1, per: day } }\n').replace('permit', 'deny'),
      6,
      /how often somebody may ask, and permits nothing/,
    ],
    [
      'a limit of no request',
      rule('    obligations: { limit: { requests: 0, per: day } }\n'),
      6,
      /must be >= 1/,
    ],
    ['a missing effect', GOOD.replace('    effect: permit\n', ''), 2, /effect/],
    ['an unknown effect', GOOD.replace('permit', 'allow'), 3, /permit, deny, mask/],
    [
      'a mask without method',
      rule('    resource: { class: basic }\n').replace('permit', 'mask'),
      3,
      /names no method/,
    ],
    ['a method without mask', rule('    method: redact\n'), 6, /does not mask/],
    [
      'a mask of whole entities',
      rule('    method: redact\n').replace('permit', 'mask'),
      2,
      /neither attribute nor class/,
    ],
    ['a bad pattern', rule('    resource: { idPattern: "(" }\n'), 6, /regular expression/],
    ['a pattern with a look-back', rule('    resource: { idPattern: "(a)\\\\1" }\n'), 6, /linear time/],
    [
      'types of things that have none',
      rule('    resource: { kind: feed, type: Device }\n'),
      6,
      /only entities have/,
    ],
    ['broken YAML', 'rules: [\n  - id', 2, /./],
    [
      'an alias',
      GOOD.replace('{ role: public }', '&who { role: public }').replace('action: read', 'action: *who'),
      5,
      /Alias \*who/,
    ],
    ['a file that is no list of rules', 'hello: 1\n', 1, /rules/],
    ['an empty subject', GOOD.replace('{ role: public }', '{}'), 4, /./],
  ]
  for (const [what, text, line, telling] of cases) {
    it(`refuses ${what} and names line ${line}`, () => {
      const faults = faultsOf(text)
      expect(faults.map((fault) => fault.line)).to.include(line)
      expect(faults.map((fault) => fault.text).join('\n')).to.match(telling)
    })
  }

  it('reports the faults of all files together', () => {
    const faults = faultsOf(
      rule('    resource: { type: Unicorn }\n'),
      GOOD,
      rule('    method: redact\n').replace('id: a', 'id: b'),
    )
    expect(faults.map(({ file, line }) => `${file}:${line}`)).to.deep.equal(['0.yaml:6', '2.yaml:6'])
  })

  it('refuses an id that is already there, in whichever file', () => {
    expect(faultsOf(GOOD, GOOD)).to.deep.equal([
      { file: '1.yaml', line: 2, text: 'Rule public.reads is already there' },
    ])
  })

  it('gives other rules or another hub another generation', () => {
    const generation = (text: string, city?: string) =>
      loadPolicies([{ name: 'a', text }], vocabulary, city === undefined ? {} : { city }).generation
    expect(generation(GOOD)).to.equal(generation(GOOD))
    expect(generation(GOOD)).not.to.equal(generation(GOOD.replace('permit', 'deny')))
    expect(generation(GOOD, 'song-cong')).not.to.equal(generation(GOOD, 'pho-yen'))
  })
})
