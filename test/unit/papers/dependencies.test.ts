import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../../ontology/package-root.ts'

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')

interface Package {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

const { dependencies, devDependencies }: Package = JSON.parse(read('package.json'))
const [, atRunTime = '', forDevelopment = ''] = read('docs/dependencies.md').split(/^## /m)

/** First cells of the rows of a table. */
const packagesOf = (section: string): readonly string[] =>
  [...section.matchAll(/^\| `([^`]+)` \| .{10,} \|$/gm)].map(([, name]) => name ?? '')

describe('docs/dependencies.md', () => {
  it('gives every package of package.json one line, in order, and no other', () => {
    expect(packagesOf(atRunTime)).to.deep.equal(Object.keys(dependencies).sort())
    expect(packagesOf(forDevelopment)).to.deep.equal(Object.keys(devDependencies).sort())
  })

  it('reads a line without a reason as none', () => {
    expect(packagesOf('| `koa` | HTTP. |\n| `ajv` | |')).to.deep.equal([])
  })
})

describe('package-lock.json', () => {
  const lock = read('package-lock.json')

  it('names no download host, so that any registry serves', () => {
    expect(lock).not.to.match(/"resolved": "https?:/)
  })

  it('has the integrity of every package', () => {
    const { packages }: { packages: Record<string, { integrity?: string; link?: boolean }> } =
      JSON.parse(lock)
    const unsealed = Object.entries(packages).filter(
      ([path, { integrity, link }]) => path !== '' && !link && !integrity,
    )
    expect(unsealed.map(([path]) => path)).to.deep.equal([])
  })

  it('lets no package run an install script that the project does not know', () => {
    const { packages }: { packages: Record<string, { hasInstallScript?: boolean }> } = JSON.parse(lock)
    const { allowScripts }: { allowScripts: Record<string, boolean> } = JSON.parse(read('package.json'))
    const names = Object.entries(packages)
      .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
    expect(names.filter((name) => !Object.hasOwn(allowScripts, name) && name !== 'fsevents')).to.deep.equal(
      [],
    )
  })
})

describe('tracked files', () => {
  const tracked = trackedFiles()
  before(function () {
    if (tracked.length === 0) {
      this.test!.parent!.title += ' (SKIPPED: this is no git checkout)'
      this.skip()
    }
  })

  it('speak of no machine that they were written on', () => {
    const guilty = tracked
      .filter((path) => !BINARY.has(extname(path)) && !path.endsWith('papers/dependencies.test.ts'))
      .flatMap((path) => machineWords(read(path)).map((word) => `${path}: ${word}`))
    expect(guilty).to.deep.equal([])
  })

  it('would be told apart when they did', () => {
    for (const folder of ['work', 'tmp', 'root', 'home', 'Users']) {
      expect(machineWords(`see (/${folder}/somebody/hub)`), folder).to.have.length(1)
    }
    const host = ['registry', 'example', 'org'].join('.')
    expect(machineWords(`https://${host}/koa and http://10.0.0.3:4873/koa`)).to.have.length(2)
    expect(machineWords('mkdtemp /workers /rooted ./data/tmp/x {"a/tmp/b"}')).to.deep.equal([])
  })

  it('hold no secret key', () => {
    const guilty = tracked.filter(
      (path) => !BINARY.has(extname(path)) && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(read(path)),
    )
    expect(guilty).to.deep.equal([])
  })
})

const BINARY = new Set(['.png', '.jpg', '.ico', '.woff2', '.gz', '.zip', '.db'])

function machineWords(text: string): readonly string[] {
  const paths = /(?<![\w.~/$}-])\/(?:work|tmp|root|home|Users)\/[\w.-]+/g
  const registries = /https?:\/\/(?:registry\.[\w.-]+|[\w.-]+:4873)/g
  return [...text.matchAll(paths), ...text.matchAll(registries)].map(([word]) => word)
}

function trackedFiles(): readonly string[] {
  try {
    const list = execFileSync('git', ['ls-files', '-z'], {
      cwd: packageRoot,
      encoding: 'utf8',
      stdio: 'pipe',
    })
    return list.split('\0').filter((path) => path !== '' && existsSync(join(packageRoot, path)))
  } catch {
    return []
  }
}
