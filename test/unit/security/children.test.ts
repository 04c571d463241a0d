import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { see } from '../../../broker/core/view/see.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { vocabularyOf } from '../../../broker/main/policies.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { createMaskKit } from '../../../security/masking/mask-kit.ts'
import { compileView } from '../../../security/policy/compile-view.ts'
import { loadPolicies } from '../../../security/policy/load-policies.ts'
import type { Vocabulary } from '../../../security/policy/vocabulary.ts'
import { entity, property } from './support/entities.ts'
import { iri, vocabulary } from './support/vocabulary.ts'

const kit = createMaskKit(createMaskKeys({ secret: Buffer.alloc(32, 1) }))
const FLAGGED = [iri('reporterPhone'), iri('status')]
const OF_CHILDREN: Vocabulary = { ...vocabulary, ofChildren: (attribute) => FLAGGED.includes(attribute) }
const ALL = '{ id: all, effect: permit, subject: { any: true }, action: read }'
const permit = (resource: string): string =>
  `{ id: more, effect: permit, subject: { any: true }, action: read, resource: { ${resource} } }`
const view = (rules: readonly string[], words: Vocabulary = OF_CHILDREN): View => {
  const text = `rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`
  const policies = loadPolicies([{ name: 'p.yaml', text }], words)
  return compileView(
    policies,
    { subject: 'a', issuer: 'b', roles: [], anonymous: false },
    DEFAULT_TENANT,
    kit,
  )
}
const REPORT = entity({
  types: [iri('ServiceRequest')],
  attributes: Object.fromEntries(
    ['reporterPhone', 'status', 'reporterName'].map((name) => [iri(name), property('0912345678')]),
  ),
})
const seen = (of: View): readonly string[] =>
  Object.keys(see(REPORT, of)?.attributes ?? {}).map((name) => name.slice(name.lastIndexOf('/') + 1))

describe('What may tell of a child', () => {
  it('is seen by nobody whom a rule about other classes shows everything', () => {
    const classes = permit('class: [none, basic, sensitive, unclassified]')
    expect(seen(view([ALL]))).to.deep.equal([])
    expect(seen(view([ALL, classes]))).to.deep.equal(['reporterName'])
    expect(view([ALL, classes]).unrestricted).to.equal(false)
    expect(view([ALL, classes], vocabulary).unrestricted).to.equal(true)
  })

  it('is seen where a rule names it, or its class', () => {
    expect(seen(view([ALL, permit('attribute: reporterPhone')]))).to.deep.equal(['reporterPhone'])
    expect(seen(view([ALL, permit('class: children')]))).to.deep.equal(['reporterPhone', 'status'])
    const every = view([ALL, permit('class: [none, basic, sensitive, children, unclassified]')])
    expect([every.unrestricted, seen(every).length]).to.deep.equal([true, 3])
  })

  it('is what the ontology marks, on the types for which it does', () => {
    const ontology = readOntology(packageRoot)
    const { ofChildren, expandType, expandAttribute } = vocabularyOf(ontology)
    const isMarked = (type: string, attribute: string) =>
      ofChildren?.(expandAttribute(attribute), [expandType(type)])
    expect(isMarked('RoadAccident', 'description')).to.equal(true)
    expect(isMarked('RoadAccident', 'status')).to.equal(false)
    expect(isMarked('ServiceRequest', 'description')).to.equal(false)
    const { ofChildren: none } = vocabularyOf({ ...ontology, types: new Map(), attributes: new Map() })
    expect(none).to.equal(undefined)
  })

  it('is on record as personal data, whatever it says', () => {
    const { personal } = view([ALL, permit('class: children')])
    for (const attribute of FLAGGED)
      expect(personal?.([iri('ServiceRequest')], attribute)).to.deep.equal({ class: 'basic', clear: true })
  })
})
