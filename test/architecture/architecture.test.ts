import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import { findCycle, readImports, sourceFiles } from './imports.ts'

const FOLDERS = ['broker', 'security', 'adapters', 'ontology', 'openapi', 'console'].filter((folder) =>
  existsSync(join(packageRoot, folder)),
)

/** Who may import whom: the longest prefix of the importing file decides. `*` is anything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'broker/core': ['broker/core'],
  'broker/geometry': ['broker/core'],
  'broker/store/port': ['broker/core'],
  'broker/store/sqlite': ['broker/store/port', 'broker/store/index', 'broker/core'],
  'broker/store/mongodb': ['broker/store/port', 'broker/core'],
  'broker/store/sealed': ['broker/store/port', 'broker/core'],
  'broker/contexts': ['broker/core', 'broker/store/port', 'security/egress'],
  'broker/federation': ['broker/core', 'broker/contexts', 'broker/store/port', 'security'],
  'broker/subscriptions': ['broker/core', 'broker/contexts', 'broker/store/port', 'security'],
  'broker/operations': [
    'broker/core',
    'broker/store/port',
    'broker/contexts',
    'broker/federation',
    'broker/subscriptions',
    'security',
  ],
  'broker/http': [
    'broker/operations',
    'broker/core',
    'broker/contexts',
    'security',
    'broker/subscriptions',
    'openapi',
  ],
  // the decode room asks the port which tenants there are
  'broker/http/serve-api.ts': ['broker/core', 'broker/contexts', 'broker/store/port', 'broker/http'],
  // what leaves the machine without TLS is the same for settings and subscriptions
  'broker/config': ['broker/config', 'security/egress/travels-open.ts'],
  'broker/read-config.ts': ['broker/config'],
  'broker/main.ts': ['*'],
  'broker/main': ['*'],
  'broker/cli': ['*'],
  'security/policy': ['broker/core', 'security/masking'],
  'security/masking': ['broker/core'],
  security: ['broker/core', 'broker/store/port', 'security'],
  'adapters/kit/values': ['ontology'],
  'adapters/kit/definition': ['adapters/kit/values', 'adapters/formats', 'ontology'],
  'adapters/kit/mapping': ['adapters/kit/values', 'adapters/kit/definition', 'ontology'],
  'adapters/kit/quality': ['adapters/kit/values', 'adapters/kit/definition', 'ontology'],
  'adapters/kit/hub': ['adapters/kit/values'],
  'adapters/kit/intake': [
    'adapters/kit/values',
    'adapters/kit/definition',
    'adapters/kit/mapping',
    'adapters/kit/quality',
    'adapters/kit/hub',
    'adapters/formats',
  ],
  'adapters/kit/run': ['adapters/kit', 'adapters/transports'],
  'adapters/onboarding': ['adapters/kit', 'adapters/formats', 'adapters/transports', 'ontology'],
  adapters: ['adapters', 'ontology', 'openapi/client'],
  ontology: ['ontology'],
  openapi: ['openapi', 'ontology'],
  // a package of its own: of the project it has types alone
  'openapi/client': ['openapi/generated', 'ontology/generated'],
  console: ['console'],
}

const imports = readImports(packageRoot, FOLDERS)

describe('architecture', () => {
  it('reads the sources at all', () => {
    expect(imports.length).to.be.greaterThan(300)
  })

  it('keeps the import table of the rooms', () => {
    const strangers = imports
      .filter((each) => !each.package && !mayImport(each.from, each.to))
      .map(({ from, to }) => `${from} imports ${to}`)
    expect(strangers).to.deep.equal([])
  })

  it('has no cycle of value imports', () => {
    expect(findCycle(imports)).to.equal(undefined)
  })

  it('keeps Koa inside broker/http and the identity provider', () => {
    const strangers = imports.filter(({ from, to, typeOnly }) => {
      const koa = to === 'koa' || to === '@koa/router'
      return koa && !typeOnly && !from.startsWith('broker/http') && !from.startsWith('security/identity')
    })
    expect(strangers).to.deep.equal([])
  })

  it('keeps the core pure: no await, clock, randomness, environment or I/O', () => {
    const impure =
      /\bawait\b|\basync\b|Date\.now|new Date\(\)|Math\.random|process\.|performance\.|setTimeout|setInterval/
    const guilty = sourceFiles(join(packageRoot, 'broker/core')).filter((file) =>
      impure.test(withoutComments(readFileSync(file, 'utf8'))),
    )
    expect(guilty).to.deep.equal([])
    const packages = new Set(
      imports.filter(({ from, package: own }) => own && from.startsWith('broker/core')).map(({ to }) => to),
    )
    expect([...packages].filter((name) => name !== 're2js')).to.deep.equal([])
  })

  it('keeps the client free of all but types of the project, and of packages but one', () => {
    const own = imports.filter(
      ({ from, to }) => from.startsWith('openapi/client') && !to.startsWith('openapi/client'),
    )
    expect(own.filter(({ typeOnly }) => !typeOnly).map(({ to }) => to)).to.deep.equal(['openapi-fetch'])
  })

  it('reads the environment at the door only', () => {
    const guilty = FOLDERS.flatMap((folder) => sourceFiles(join(packageRoot, folder)))
      .filter((file) => !file.includes('/broker/cli/'))
      .filter((file) => /process\.env/.test(withoutComments(readFileSync(file, 'utf8'))))
    expect(guilty).to.deep.equal([])
  })
})

function mayImport(from: string, to: string): boolean {
  const room = Object.keys(MAY_IMPORT)
    .filter((prefix) => isIn(from, prefix))
    .sort((left, right) => right.length - left.length)[0]
  if (room === undefined) return false
  const allowed = MAY_IMPORT[room] ?? []
  return allowed.includes('*') || isIn(to, room) || allowed.some((prefix) => isIn(to, prefix))
}

/** `broker/config` holds `broker/config.ts` and `broker/config-schema.ts` as well. */
function isIn(file: string, prefix: string): boolean {
  return file === prefix || ['/', '-', '.'].some((next) => file.startsWith(`${prefix}${next}`))
}

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}
