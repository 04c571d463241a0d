import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../../ontology/package-root.ts'
import { readCatalogue } from '../../../openapi/build/read-catalogue.ts'
import { textKey, translated } from '../../../openapi/languages.ts'
import { mapTexts } from '../../../openapi/texts.ts'
import { document, objects, tree } from './document.ts'

const VIETNAMESE = /[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i

/** The texts of the document but those of the ontology, which has its own in both languages. */
function englishTexts(): readonly string[] {
  const { components, ...others } = document
  const { schemas, ...parts } = tree(components, 'components')
  const own = Object.entries(tree(schemas, 'schemas')).filter(
    ([name, schema]) => !('x-entity-type' in tree(schema, name)),
  )
  const texts: string[] = []
  mapTexts({ ...others, components: { ...parts, schemas: Object.fromEntries(own) } }, (text) => {
    texts.push(textKey(text))
    return text
  })
  return texts
}

describe('languages of the OpenAPI document', () => {
  const catalogue = readCatalogue(join(packageRoot, 'openapi/languages/vi.yaml'))
  const english = englishTexts()

  it('has a Vietnamese text for every English one, in openapi/languages/vi.yaml', () => {
    expect(english.length).to.be.greaterThan(500)
    expect([...new Set(english.filter((text) => !Object.hasOwn(catalogue, text)))]).to.deep.equal([])
  })

  it('has no Vietnamese text of which there is no English one any more', () => {
    const used = new Set(english)
    expect(Object.keys(catalogue).filter((text) => !used.has(text))).to.deep.equal([])
  })

  it('mixes no languages in a text', () => {
    // what a unit is called has no other language
    const mixed = english.filter((text) =>
      VIETNAMESE.test(text.replaceAll(/"[^"]*"|\p{Lu}[\p{L}]* \p{Lu}\p{L}*/gu, '')),
    )
    expect(mixed.filter((text) => !/thành phố Sông Công/.test(text))).to.deep.equal([])
    expect(english.filter((text) => text.includes(' · '))).to.deep.equal([])
  })

  it('says the same names, numbers of clauses and pieces of code in both', () => {
    for (const [key, vietnamese] of Object.entries(catalogue)) {
      const marks = key.match(/`[^`]+`|\(\d[\d., to]*\)/g) ?? []
      for (const mark of marks.filter((each) => !each.includes(' to ')))
        expect(vietnamese, key).to.include(mark)
    }
  })

  it('changes texts alone: neither names nor data', () => {
    const made = translated(
      {
        tags: [{ name: 'Entities', description: 'Entities' }],
        paths: { '/a': { get: { summary: 'Entities', operationId: 'Entities' } } },
        components: {
          schemas: {
            title: { title: 'Entities', enum: ['Entities'], default: { title: 'Entities' } },
            Note: { properties: { description: { description: 'Entities' }, value: { title: 'Entities' } } },
          },
          examples: { title: { summary: 'Entities', value: { title: 'Entities' } } },
        },
      },
      { Entities: 'Các thực thể' },
    )
    expect(made).to.deep.equal({
      tags: [{ name: 'Entities', description: 'Các thực thể' }],
      paths: { '/a': { get: { summary: 'Các thực thể', operationId: 'Entities' } } },
      components: {
        schemas: {
          title: { title: 'Các thực thể', enum: ['Entities'], default: { title: 'Entities' } },
          Note: {
            properties: { description: { description: 'Các thực thể' }, value: { title: 'Các thực thể' } },
          },
        },
        examples: { title: { summary: 'Các thực thể', value: { title: 'Entities' } } },
      },
    })
  })

  it('leaves every reference of the translated document as it was', () => {
    const references = (of: unknown) => [...objects(of)].map(([, { $ref }]) => $ref)
    expect(references(translated(document, catalogue))).to.deep.equal(references(document))
  })
})
