import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { expect } from 'chai'
import { document, follow, list, METHODS, objects, operations, resolved, tree } from './document.ts'

const PLACES = ['query', 'header', 'path', 'cookie']
const PATH_ITEM = new Set<string>(['summary', 'description', 'parameters', 'servers', ...METHODS])

describe('OpenAPI document', () => {
  it('is one of version 3.1 with title, version and licence', () => {
    expect(document.openapi).to.match(/^3\.1\.\d+$/)
    const info = tree(document.info, 'info')
    expect(info.title).to.be.a('string').and.not.equal('')
    expect(info.version).to.match(/^\d+\.\d+\.\d+$/)
    expect(tree(info.license, 'license').name).to.equal('Apache-2.0')
  })

  it('resolves every reference', () => {
    const references = [...objects(document)].flatMap(([, { $ref }]) =>
      typeof $ref === 'string' ? [$ref] : [],
    )
    expect(references.length).to.be.greaterThan(100)
    for (const reference of references) expect(follow(reference), reference).to.be.an('object')
  })

  it('uses everything that it defines', () => {
    const used = new Set([...objects(document)].map(([, { $ref }]) => $ref))
    const defined = Object.entries(tree(document.components, 'components'))
      .filter(([kind]) => kind !== 'securitySchemes')
      .flatMap(([kind, parts]) =>
        Object.keys(tree(parts, kind)).map((name) => `#/components/${kind}/${name}`),
      )
    expect(defined.filter((name) => !used.has(name))).to.deep.equal([])
  })

  it('names each operation once, with a summary and declared tags', () => {
    const all = operations()
    const ids = all.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size, 'operationIds').to.equal(ids.length)
    const tags = list(document.tags, 'tags').map((tag) => tree(tag, 'tag').name)
    expect(new Set(tags).size, 'tags').to.equal(tags.length)
    for (const { path, method, operation } of all) {
      expect(operation.operationId, `${method} ${path}`).to.match(/^[a-z][A-Za-z]+$/)
      expect(operation.summary, `${method} ${path}`).to.be.a('string').and.not.equal('')
      const used = list(operation.tags, path)
      expect(used, `${method} ${path}`).to.have.lengthOf(1)
      expect(tags).to.include(used[0])
    }
    const usedTags = new Set(all.flatMap(({ operation }) => list(operation.tags, 'tags')))
    expect(tags.filter((tag) => !usedTags.has(tag))).to.deep.equal([])
  })

  it('has paths with known members whose variables are its path parameters', () => {
    for (const [path, item] of Object.entries(tree(document.paths, 'paths'))) {
      expect(path).to.match(/^\//)
      expect(
        Object.keys(tree(item, path)).filter((name) => !PATH_ITEM.has(name)),
        path,
      ).to.deep.equal([])
    }
    for (const { path, method, parameters } of operations()) {
      const variables = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
      const declared = parameters.filter((each) => each.in === 'path')
      expect(declared.map(({ name }) => name).sort(), `${method} ${path}`).to.deep.equal(variables.sort())
      expect(
        declared.every(({ required }) => required === true),
        `${method} ${path}`,
      ).to.equal(true)
    }
  })

  it('gives each parameter a name, a place and a schema, and never twice', () => {
    for (const { path, method, parameters } of operations()) {
      const keys = parameters.map((each) => `${each.in} ${each.name}`)
      expect(new Set(keys).size, `${method} ${path}`).to.equal(keys.length)
      for (const parameter of parameters) {
        expect(PLACES, `${method} ${path}`).to.include(parameter.in)
        expect(parameter.name, `${method} ${path}`).to.be.a('string')
        expect(parameter.schema, `${method} ${path} ${parameter.name}`).to.be.an('object')
      }
    }
  })

  it('describes each response, with a schema for each of its media types', () => {
    for (const { path, method, operation } of operations()) {
      const responses = Object.entries(tree(operation.responses, path))
      expect(responses, `${method} ${path}`).to.not.deep.equal([])
      expect(
        responses.some(([status]) => /^2\d\d$|^303$/.test(status)),
        `${method} ${path}`,
      ).to.equal(true)
      for (const [status, value] of responses) {
        const what = `${method} ${path} ${status}`
        expect(status, what).to.match(/^[1-5]\d\d$|^default$/)
        const response = resolved(value, what)
        expect(response.description, what).to.be.a('string').and.not.equal('')
        for (const [type, media] of Object.entries(tree(response.content ?? {}, what))) {
          expect(type, what).to.match(/^[a-z]+\/[a-z0-9.+-]+$/)
          expect(tree(media, what).schema, what).to.be.an('object')
        }
      }
    }
  })

  it('names each status that can be refused with, and leaves none open', () => {
    const api = operations().filter(({ path }) => /^\/(ngsi-ld|hub)\//.test(path))
    expect(api.length).to.be.greaterThan(100)
    for (const { path, method, operation } of api) {
      const statuses = Object.keys(tree(operation.responses, path))
      expect(statuses, `${method} ${path}`).to.include.members([
        '400',
        '401',
        '403',
        '404',
        '406',
        '429',
        '500',
        '503',
      ])
      expect(statuses, `${method} ${path}`).to.not.include('default')
    }
  })

  it('has schemas that JSON Schema 2020-12 accepts', () => {
    const ajv = new Ajv2020({ strict: false, code: { optimize: false } })
    formats.default(ajv)
    const schemas = Object.keys(tree(tree(document.components, 'components').schemas, 'schemas'))
    const references = schemas.map((name) => `#/components/schemas/${name}`)
    for (const reference of references) {
      const schema = tree(follow(reference), reference)
      expect(ajv.validateSchema(schema), `${reference}: ${ajv.errorsText()}`).to.equal(true)
    }
    // all in one, so that what many refer to is compiled once
    const all = { $id: 'openapi', ...document, allOf: references.map(($ref) => ({ $ref })) }
    expect(ajv.compile(all)).to.be.a('function')
  })
})
