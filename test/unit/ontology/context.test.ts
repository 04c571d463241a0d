import { expect } from 'chai'
import jsonld from 'jsonld'
import { CORE_CONTEXT, CORE_CONTEXT_URL } from '../../../broker/contexts/core-context.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { JsonObject } from '../../../ontology/vocabulary.ts'

const ontology = readOntology(packageRoot)
const CONTEXT = [ontology.contextUrl, CORE_CONTEXT_URL]

describe('ontology: JSON-LD @context', () => {
  it('expands every type and attribute to the IRI that it declares', async () => {
    for (const { name, iri } of ontology.types.values()) {
      expect(await expandedType(name)).to.deep.equal([iri], name)
    }
    const attributes = [...ontology.attributes.values()]
    const node = Object.fromEntries(attributes.map(({ name }) => [name, { type: 'Property', value: 1 }]))
    const [expanded] = await jsonld.expand(
      { '@context': CONTEXT, id: 'urn:x:1', ...node },
      { documentLoader },
    )
    const names = Object.keys(expanded ?? {}).filter((name) => !name.startsWith('@'))
    expect(names).to.have.members(attributes.map(({ iri }) => iri))
  })

  it('compacts every attribute to its name again, whatever its kind', async () => {
    for (const { name, iri } of ontology.attributes.values()) {
      const expanded = [{ '@id': 'urn:x:1', [iri]: [{ '@type': ['https://uri.etsi.org/ngsi-ld/Property'] }] }]
      const compacted = await jsonld.compact(expanded, CONTEXT as never, { documentLoader }) // its type lacks arrays
      expect(compacted).to.have.property(name)
    }
  })

  it('defines no term of the core again: those are protected', () => {
    const core = CORE_CONTEXT
    const own = Object.keys((ontology.context as { '@context': JsonObject })['@context'])
    expect(own.filter((term) => Object.hasOwn(core, term))).to.deep.equal([])
  })

  it('takes the IRIs of core terms from the core', async () => {
    const terms = [...ontology.attributes.values()].filter(({ core }) => core)
    expect(terms.map(({ name }) => name)).to.have.members(['description', 'location', 'status'])
  })

  it('is named as the vocabulary names it, without reading that', () => {
    const { title, namespace, version, release, contextUrl } = ontology.vocabulary
    const about: unknown = JSON.parse(ontology.files.get(`${version}/about.json`)?.text ?? '')
    expect(about).to.deep.equal({ title, namespace, version, release, contextUrl })
    expect(ontology.contextUrl).to.equal(contextUrl)
  })

  it('serves the context that it answers with', () => {
    const path = new URL(ontology.contextUrl).pathname.replace('/ontology/urban/', '')
    const file = ontology.files.get(path)
    expect(file?.contentType).to.equal('application/ld+json')
    expect(JSON.parse(file?.text ?? '')).to.deep.equal(ontology.context)
  })
})

async function expandedType(name: string): Promise<unknown> {
  const [node] = await jsonld.expand({ '@context': CONTEXT, id: 'urn:x:1', type: name }, { documentLoader })
  return node?.['@type']
}

async function documentLoader(url: string): Promise<{ documentUrl: string; document: never }> {
  const documents = new Map([
    [ontology.contextUrl, ontology.context],
    [CORE_CONTEXT_URL, { '@context': CORE_CONTEXT }],
  ])
  const document = documents.get(url)
  if (document === undefined) throw new Error(`No document ${url}`)
  return { documentUrl: url, document: document as never } // JSON is what the library wants
}
