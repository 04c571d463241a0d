import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { configurationPage } from '../../../broker/config-docs.ts'
import { SETTINGS } from '../../../broker/config-schema.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

describe('docs/guide/configuration.md', () => {
  const page = configurationPage()

  it('is what `npm run docs` writes', () => {
    expect(readFileSync(join(packageRoot, 'docs/guide/configuration.md'), 'utf8')).to.equal(page)
  })

  it('has every setting once', () => {
    for (const path of Object.keys(SETTINGS))
      expect(page.split(`\n| \`${path}\``).length - 1, path).to.equal(1)
  })

  it('names the variable of a setting as the hub reads it', () => {
    expect(page).to.include('`limits.maxPage`<br>`HUB_LIMITS_MAX_PAGE`')
    expect(page, 'objects stand in the file only').not.to.include('HUB_IDENTITY_ACCOUNTS')
  })
})
