import { createHash } from 'node:crypto'
import { Ajv, type ErrorObject } from 'ajv'
import { LineCounter, parseDocument } from 'yaml'
import { Problem } from '../../broker/core/model/problem.ts'
import { compileRule, type RuleText } from './compile-rule.ts'
import { POLICY_SCHEMA } from './policy-schema.ts'
import type { Hub, PolicySet, Rule } from './rule.ts'
import type { Vocabulary } from './vocabulary.ts'

/** One policy file, read by the caller. */
export interface PolicyFile {
  readonly name: string
  readonly text: string
}

/** One thing that is wrong with a policy file, and where. */
export interface PolicyFault {
  readonly file: string
  readonly line: number
  readonly text: string
}

type Report = (path: readonly (string | number)[], text: string) => void

const checkShape = new Ajv({ allErrors: true, strict: false }).compile(POLICY_SCHEMA)

/**
 * Reads policy files into the rules in force, or reports every fault of every file at once.
 * @throws Problem BadRequestData with the faults as member `faults`
 */
export function loadPolicies(files: readonly PolicyFile[], vocabulary: Vocabulary, hub: Hub = {}): PolicySet {
  const faults: PolicyFault[] = []
  const seen = new Set<string>()
  const rules = files.flatMap((file) => loadFile(file, { vocabulary, hub, seen, faults }))
  if (faults.length > 0) throw faultyPolicies(faults)
  return { generation: generationOf(files, hub), rules, vocabulary }
}

interface Loading {
  readonly vocabulary: Vocabulary
  readonly hub: Hub
  readonly seen: Set<string>
  readonly faults: PolicyFault[]
}

function loadFile(file: PolicyFile, loading: Loading): readonly Rule[] {
  const lines = new LineCounter()
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false })
  const fault = (offset: number, text: string) =>
    loading.faults.push({ file: file.name, line: lines.linePos(offset).line || 1, text })
  for (const error of document.errors) fault(error.pos[0], error.message)
  if (document.errors.length > 0) return []
  const report: Report = (path, text) => fault(offsetOf(document, path), text)
  return rulesOf(document.toJS({ maxAliasCount: 0 }), report, loading)
}

function rulesOf(content: unknown, report: Report, { vocabulary, hub, seen }: Loading): readonly Rule[] {
  if (!checkShape(content)) {
    for (const error of tellingErrors(checkShape.errors ?? [])) report(pathOf(error), describe(error))
    return []
  }
  const { rules } = content as { readonly rules: readonly RuleText[] } // its shape was checked above
  return rules.map((rule, at) => {
    if (seen.has(rule.id)) report(['rules', at, 'id'], `Rule ${rule.id} is already there`)
    seen.add(rule.id)
    return compileRule(rule, vocabulary, hub, (path, text) => report(['rules', at, ...path], text))
  })
}

/** Where the node at a path starts; where it has no own node, its nearest parent. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined
    if (Array.isArray(range) && typeof range[0] === 'number') return range[0]
  }
  return 0
}

/** Without the errors that only say that no branch of a choice fitted, where a branch says more. */
function tellingErrors(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const deeper = (one: ErrorObject) =>
    errors.some((other) => other !== one && other.instancePath.startsWith(`${one.instancePath}/`))
  const telling = errors.filter((error) => error.keyword !== 'oneOf' && !deeper(error))
  const places = new Set<string>()
  return (telling.length > 0 ? telling : errors).filter((error) => {
    const place = `${error.instancePath} ${extraName(error) ?? ''}`
    return !places.has(place) && places.add(place)
  })
}

function pathOf(error: ErrorObject): readonly (string | number)[] {
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  const extra = extraName(error)
  return extra === undefined ? steps : [...steps, extra]
}

function extraName(error: ErrorObject): string | undefined {
  const name: unknown = error.params.additionalProperty
  return typeof name === 'string' ? name : undefined
}

function describe(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'Policy file' : `Member ${error.instancePath.slice(1)}`
  const extra = extraName(error)
  if (extra !== undefined) return `${place} has the unknown member ${extra}`
  const allowed: unknown = error.params.allowedValues
  const values = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : ''
  return `${place} ${error.message ?? 'is not as it must be'}${values}`
}

function faultyPolicies(faults: readonly PolicyFault[]): Problem {
  const list = faults.map(({ file, line, text }) => `${file}:${line}: ${text}`).join('\n')
  return new Problem('BadRequestData', `Policies have ${faults.length} fault(s)\n${list}`, {
    members: { faults: faults.map((fault) => ({ ...fault })) },
  })
}

function generationOf(files: readonly PolicyFile[], hub: Hub): string {
  const hash = createHash('sha256').update(JSON.stringify([hub.city ?? null]))
  for (const { name, text } of files) hash.update(JSON.stringify([name, text]))
  return hash.digest('hex').slice(0, 24)
}
