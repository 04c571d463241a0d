import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { packageRoot } from '../../../ontology/package-root.ts'

const FOLDER = join(packageRoot, 'openapi', 'client')
const read = (...path: readonly string[]) => readFileSync(join(...path), 'utf8')
const own = JSON.parse(read(FOLDER, 'package.json'))
const whole = JSON.parse(read(packageRoot, 'package.json'))

describe('client: package', () => {
  it('is one module of less than 20 KB, compressed, that imports nothing', () => {
    const module = read(FOLDER, own.exports['.'].default)
    const { length } = gzipSync(module)
    expect(length).to.be.within(4000, 20_000)
    expect(module).to.not.match(/\bimport\s*[{*"']|\bfrom\s*["']|\brequire\(|\bprocess\.env/)
  })

  it('has declarations that lead to those of entities and of the API', () => {
    const declarations = read(FOLDER, own.exports['.'].types)
    const [, lead] = /from '(.+)'/.exec(declarations) ?? []
    expect(read(FOLDER, 'dist', `${lead}`.replace(/\.ts$/, '.d.ts'))).to.include('createClient')
    for (const path of ['openapi/generated/types', 'ontology/generated/v1/entities'])
      expect(read(FOLDER, 'dist', `${path}.d.ts`), path).to.include('AirQualityObserved')
  })

  it('depends on what the project depends on, and on nothing else', () => {
    expect(own.dependencies).to.deep.equal({ 'openapi-fetch': whole.dependencies['openapi-fetch'] })
    expect(own).to.include({ version: whole.version, license: whole.license })
    expect(own.engines).to.deep.equal(whole.engines)
  })
})
