import type { JsonObject, JsonValue, Text } from '../vocabulary.ts'

/** What a statement says of its subject. Names are prefixed (`rdfs:label`) or absolute IRIs. */
export type Term =
  | { readonly iri: string }
  | { readonly text: string; readonly language?: string }
  | { readonly number: number }
  | { readonly truth: boolean }
  | { readonly node: Statements }
  | { readonly list: readonly Term[] }

/** Statements of one subject: the name of a property, and what it says; `a` is its class. */
export type Statements = Readonly<Record<string, readonly Term[]>>

/** A graph that is written as Turtle and as JSON-LD; the order of its statements is kept. */
export interface Graph {
  readonly prefixes: Readonly<Record<string, string>>
  readonly subjects: readonly (readonly [name: string, statements: Statements])[]
}

/** One name as a term. */
export function iri(name: string): readonly Term[] {
  return [{ iri: name }]
}

/** A text in the languages of the ontology. */
export function texts({ vi, en }: Text): readonly Term[] {
  return [
    { text: vi, language: 'vi' },
    { text: en, language: 'en' },
  ]
}

/** Writes a graph as Turtle; the same graph gives the same bytes. */
export function writeTurtle({ prefixes, subjects }: Graph): string {
  const head = Object.entries(prefixes).map(([prefix, name]) => `@prefix ${prefix}: <${name}> .`)
  const body = subjects.map(
    ([name, statements]) => `${turtleName(name, prefixes)} ${block(statements, '  ')} .`,
  )
  return `${head.join('\n')}\n\n${body.join('\n\n')}\n`

  function block(statements: Statements, indent: string): string {
    const lines = Object.entries(statements)
      .filter(([, terms]) => terms.length > 0)
      .map(([name, terms]) => {
        const predicate = name === 'a' ? 'a' : turtleName(name, prefixes)
        return `${predicate} ${terms.map((term) => written(term, indent)).join(', ')}`
      })
    return lines.join(` ;\n${indent}`)
  }

  function written(term: Term, indent: string): string {
    if ('iri' in term) return turtleName(term.iri, prefixes)
    if ('text' in term)
      return `${JSON.stringify(term.text)}${term.language === undefined ? '' : `@${term.language}`}`
    if ('number' in term) return String(term.number)
    if ('truth' in term) return String(term.truth)
    if ('list' in term) return `( ${term.list.map((item) => written(item, indent)).join(' ')} )`
    return `[ ${block(term.node, `${indent}  `)} ]`
  }
}

/** Writes a graph as JSON-LD. */
export function writeLinkedData({ prefixes, subjects }: Graph): JsonObject {
  return {
    '@context': { ...prefixes },
    '@graph': subjects.map(([name, statements]) => ({ '@id': name, ...node(statements) })),
  }

  function node(statements: Statements): JsonObject {
    return Object.fromEntries(
      Object.entries(statements)
        .filter(([, terms]) => terms.length > 0)
        .map(([name, terms]) => {
          const values = terms.map((term) => (name === 'a' && 'iri' in term ? term.iri : written(term)))
          return [name === 'a' ? '@type' : name, values.length === 1 && values[0] ? values[0] : values]
        }),
    )
  }

  function written(term: Term): JsonValue {
    if ('iri' in term) return { '@id': term.iri }
    if ('text' in term)
      return {
        '@value': term.text,
        ...(term.language !== undefined && { '@language': term.language }),
      }
    if ('number' in term) return numberValue(term.number)
    if ('truth' in term) return { '@value': term.truth }
    return 'list' in term ? { '@list': term.list.map(written) } : node(term.node)
  }
}

/** Turtle reads 0.5 as a decimal; JSON-LD would read a double. */
function numberValue(number: number): JsonObject {
  if (Number.isInteger(number)) return { '@value': number }
  return { '@value': String(number), '@type': 'http://www.w3.org/2001/XMLSchema#decimal' }
}

function turtleName(name: string, prefixes: Graph['prefixes']): string {
  const [prefix = '', local = ''] = name.split(/:(.*)/s)
  return Object.hasOwn(prefixes, prefix) && /^[A-Za-z_][\w-]*$/.test(local)
    ? name
    : `<${expand(prefix, local)}>`

  function expand(before: string, after: string): string {
    return Object.hasOwn(prefixes, before) ? `${prefixes[before]}${after}` : `${before}:${after}`
  }
}
