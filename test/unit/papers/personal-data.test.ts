import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../../ontology/package-root.ts'

const PAGE = readFileSync(join(packageRoot, 'docs', 'guide', 'personal-data.md'), 'utf8')
const REQUIREMENTS = Array.from({ length: 18 }, (_, at) => `PD-${String(at + 1).padStart(2, '0')}`)

describe('papers: what the law asks, and where it is answered', () => {
  it('has a row for each requirement', () => {
    const rows = [...PAGE.matchAll(/^\| (PD-\d\d)\b/gm)].map(([, name]) => name)
    expect(rows).to.deep.equal(REQUIREMENTS)
  })

  it('names tests that there are', () => {
    const named = [...PAGE.matchAll(/`((?:unit|e2e|http|fault|contract)\/[\w./-]+)`/g)].map(
      ([, name]) => name,
    )
    expect(named.length).to.be.greaterThan(30)
    const missing = named.filter((name) => {
      const path = join(packageRoot, 'test', name ?? '')
      return !existsSync(path) && !existsSync(`${path}.test.ts`)
    })
    expect(missing).to.deep.equal([])
  })

  it('names settings that there are', () => {
    const configuration = readFileSync(join(packageRoot, 'docs', 'guide', 'configuration.md'), 'utf8')
    const named = [
      ...PAGE.matchAll(
        /`((?:privacy|audit|auth|identity|masking|listen|federation|history)\.[A-Za-z.]+)[[\].a-zA-Z]*`/g,
      ),
    ]
    const missing = named
      .map(([, name]) => name ?? '')
      .filter((name) => !configuration.includes(name.replace(/\.$/, '')))
    expect(missing).to.deep.equal([])
  })
})
