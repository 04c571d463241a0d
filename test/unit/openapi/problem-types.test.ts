import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { Problem } from '../../../broker/core/model/problem.ts'
import { problemDocument } from '../../../broker/http/encode/problem-document.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { PROBLEM_TYPES, type ProblemName } from '../../../openapi/problem-types.ts'
import { sourceFiles } from '../../architecture/imports.ts'
import { follow, list, operations, resolved, tree } from './document.ts'

const NAMES = Object.keys(PROBLEM_TYPES) as ProblemName[] // its own keys

describe('Catalogue of problems', () => {
  const schema = tree(follow('#/components/schemas/ProblemType'), 'ProblemType')
  const told = new Map(
    list(schema['x-problems'], 'x-problems').map((each) => [tree(each, 'problem').type, each]),
  )

  it('has what the code can answer, and nothing that it never does', () => {
    const declared = readFileSync(join(packageRoot, 'broker/core/model/problem.ts'), 'utf8')
    const codes = [...declared.matchAll(/^ {2}\| '(\w+)'$/gm)].map(([, code]) => code)
    expect(codes.sort()).to.deep.equal([...NAMES].sort())
    const sources = ['broker', 'security']
      .flatMap((folder) => sourceFiles(join(packageRoot, folder)))
      .filter((file) => !file.endsWith('core/model/problem.ts'))
      .map((file) => readFileSync(file, 'utf8'))
    expect(NAMES.filter((name) => !sources.some((text) => text.includes(`'${name}'`)))).to.deep.equal([])
  })

  it('tells of each under the type that its answers have, with status, title, reason and remedy', () => {
    expect(told.size).to.equal(NAMES.length)
    expect(list(schema.enum, 'enum')).to.have.members([...told.keys()])
    for (const name of NAMES) {
      const { type, status, title } = problemDocument(new Problem(name, 'Text of a test'))
      const { when, remedy } = PROBLEM_TYPES[name]
      expect(told.get(type), name).to.deep.equal({ type, status, title, description: `${when} ${remedy}` })
      expect(when, name).to.match(/^[A-Z].*\.$/)
      expect(remedy, name).to.match(/^[A-Z].*\.$/)
    }
  })

  it('is what every refusal in the document leads to', () => {
    const statuses = new Set(Object.values(PROBLEM_TYPES).map(({ status }) => String(status)))
    for (const { path, method, operation } of operations()) {
      for (const [status, value] of Object.entries(tree(operation.responses, path))) {
        // a health check answers its state, a tool the error of its protocol
        if (!statuses.has(status) || path.startsWith('/health/') || path === '/mcp') continue
        const content = tree(resolved(value, path).content ?? {}, path)
        const wanted = status === '411' || status === '415' ? [] : ['application/json']
        expect(Object.keys(content), `${method} ${path} ${status}`).to.deep.equal(wanted)
        for (const media of Object.values(content))
          expect(tree(tree(media, path).schema, path).$ref).to.equal('#/components/schemas/ProblemDetails')
      }
    }
  })
})
