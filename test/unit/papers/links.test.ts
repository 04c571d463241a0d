import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../../ontology/package-root.ts'

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')

const pagesIn = (folder: string): readonly string[] =>
  readdirSync(join(packageRoot, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))

const PAGES = ['.', 'docs', 'docs/guide', 'docs/decisions'].flatMap(pagesIn)

/** Targets of the links of a page that do not exist: files, and headings of the page itself. */
function brokenLinks(page: string, text: string): readonly string[] {
  const headings = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading)))
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) =>
      target.startsWith('#')
        ? !headings.has(target.slice(1))
        : !existsSync(join(packageRoot, dirname(page), target.split('#', 1)[0] ?? '')),
    )
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')
}

describe('pages', () => {
  it('are there', () => {
    expect(PAGES).to.include.members(['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'])
  })

  for (const page of PAGES) {
    it(`${page} links to what exists`, () => {
      expect(brokenLinks(page, read(page))).to.deep.equal([])
    })
  }

  it('would be found out', () => {
    const text = '# A b\n[x](no.md) [y](#a-b) [z](#c) [w](../README.md)'
    expect(brokenLinks('docs/dependencies.md', text)).to.deep.equal(['no.md', '#c'])
  })

  it('name only npm scripts that exist', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
    const named = PAGES.flatMap((page) =>
      [...read(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name),
    )
    expect(named).not.to.deep.equal([])
    expect(named.filter((name) => !Object.hasOwn(scripts, name ?? ''))).to.deep.equal([])
  })

  it('name only commands of the hub that exist', () => {
    const folder = 'broker/cli/commands'
    const commands = readdirSync(join(packageRoot, folder)).flatMap((file) =>
      [
        ...read(join(folder, file)).matchAll(
          /^export function \w+\(\): Command {[\s\S]*?new Command\('([a-z-]+)'\)/gm,
        ),
      ].map(([, name]) => name),
    )
    const named = PAGES.flatMap((page) =>
      [...read(page).matchAll(/npx hub ([a-z][a-z-]+)/g)].map(([, name]) => name),
    )
    expect(named).to.include('token')
    expect(named.filter((name) => !commands.includes(name ?? ''))).to.deep.equal([])
  })
})

describe('docs/decisions', () => {
  const records = pagesIn('docs/decisions').filter((page) => !page.endsWith('README.md'))

  it('are numbered without a gap, each heading with its number', () => {
    expect(records.map((page) => /\/(\d{4})-[a-z0-9-]+\.md$/.exec(page)?.[1])).to.deep.equal(
      records.map((_, at) => String(at + 1).padStart(4, '0')),
    )
    for (const page of records)
      expect(read(page), page).to.match(new RegExp(`^# ${/\d{4}/.exec(page)?.[0]}: .+\n\nStatus: `))
  })

  it('are all in the index', () => {
    const index = read('docs/decisions/README.md')
    const missing = records.filter((page) => !index.includes(`](${page.replace('docs/decisions/', '')})`))
    expect(missing).to.deep.equal([])
  })
})

describe('docs/guide', () => {
  it('has every page in its index', () => {
    const index = read('docs/guide/README.md')
    const missing = pagesIn('docs/guide').filter(
      (page) => !page.endsWith('README.md') && !index.includes(`](${page.replace('docs/guide/', '')})`),
    )
    expect(missing).to.deep.equal([])
  })
})

describe('README.md', () => {
  it('shows a newcomer the way, in this order', () => {
    const readme = read('README.md')
    const stations = [
      '┌───',
      'npm ci\nnpm start',
      '## Ask the first question',
      '## Add a feed',
      '## Write a policy',
      '## Where the rest is',
      '`npm ci && npm test`',
      '`CityScope`',
      '## Tóm tắt',
    ].map((text) => readme.indexOf(text))
    expect(stations).not.to.include(-1)
    expect(stations).to.deep.equal([...stations].sort((left, right) => left - right))
  })
})
