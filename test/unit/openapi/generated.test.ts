import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import openapiTypes, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import { packageRoot } from '../../../ontology/package-root.ts'
import { bundle } from '../../../openapi/build/bundle.ts'
import { readCatalogue } from '../../../openapi/build/read-catalogue.ts'
import { committedText } from './document.ts'

describe('openapi/generated', () => {
  it('has the document that `npm run openapi` makes of openapi/spec', () => {
    const made = `${JSON.stringify(bundle(join(packageRoot, 'openapi/spec')), null, 1)}\n`
    expect(made === committedText, 'run `npm run openapi` and commit what it writes').to.equal(true)
  })

  it('has the Vietnamese texts that `npm run openapi` makes of openapi/languages', () => {
    const committed = readFileSync(join(packageRoot, 'openapi/generated/vi.json'), 'utf8')
    const made = `${JSON.stringify(readCatalogue(join(packageRoot, 'openapi/languages/vi.yaml')), null, 1)}\n`
    expect(made === committed, 'run `npm run openapi` and commit what it writes').to.equal(true)
  })

  it('has the types that `npm run openapi` makes of the document', async () => {
    const committed = readFileSync(join(packageRoot, 'openapi/generated/types.ts'), 'utf8')
    const made = COMMENT_HEADER + astToString(await openapiTypes(committedText))
    expect(made === committed, 'run `npm run openapi` and commit what it writes').to.equal(true)
  })
})
