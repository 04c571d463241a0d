import { createHash } from 'node:crypto'
import { Ajv, type ErrorObject } from 'ajv'
import { LineCounter, parseDocument } from 'yaml'
import { Problem } from '../../broker/core/model/problem.ts'
import { type CheckedRule, checkRule, compileRule, type RuleBasis, type RuleText } from './compile-rule.ts'
import { POLICY_SCHEMA } from './policy-schema.ts'
import type { Hub, PolicySet } from './rule.ts'
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

/** Rules that were checked, ready to be compiled. */
export interface CheckedPolicies {
  readonly rules: readonly CheckedRule[]
  /** Hash of all that was read: another one may mean other decisions. */
  readonly generation: string
}

/**
 * Reads policy files into the rules in force, or reports every fault of every file at once.
 * @throws Problem BadRequestData with the faults as member `faults`
 */
export function loadPolicies(files: readonly PolicyFile[], vocabulary: Vocabulary, hub: Hub = {}): PolicySet {
  const basis = { vocabulary, hub }
  const { rules, generation } = checkPolicies(files, basis)
  return { generation, rules: rules.map((rule) => compileRule(rule, basis)), vocabulary }
}

/** Checks policy files without compiling them: what takes long. @throws Problem BadRequestData like `loadPolicies` */
export function checkPolicies(files: readonly PolicyFile[], basis: RuleBasis): CheckedPolicies {
  const faults: PolicyFault[] = []
  const seen = new Set<string>()
  const rules = files.flatMap((file) => checkFile(file, { basis, seen, faults }))
  if (faults.length > 0) throw faultyPolicies(faults)
  return { rules, generation: generationOf(files, basis.hub) }
}

interface Loading {
  readonly basis: RuleBasis
  readonly seen: Set<string>
  readonly faults: PolicyFault[]
}

function checkFile({ name, text }: PolicyFile, loading: Loading): readonly CheckedRule[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number): number => lines.linePos(offset).line || 1
  const fault = (offset: number, what: string) =>
    loading.faults.push({ file: name, line: lineAt(offset), text: what })
  for (const error of document.errors) fault(error.pos[0], error.message)
  if (document.errors.length > 0) return []
  const report: Report = (path, what) => fault(offsetOf(document, path), what)
  const content: unknown = document.toJS({ maxAliasCount: 0 })
  return textsOf(content, report).map((rule, at) => {
    const origin = { file: name, line: lineAt(offsetOf(document, ['rules', at])) }
    const checked = { text: rule, origin }
    if (loading.seen.has(rule.id)) report(['rules', at, 'id'], `Rule ${rule.id} is already there`)
    loading.seen.add(rule.id)
    checkRule(checked, loading.basis, (path, what) => report(['rules', at, ...path], what))
    return checked
  })
}

function textsOf(content: unknown, report: Report): readonly RuleText[] {
  if (checkShape(content)) return (content as { readonly rules: readonly RuleText[] }).rules // its shape is right
  for (const error of tellingErrors(checkShape.errors ?? [])) report(pathOf(error), describe(error))
  return []
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

/** The faults of policy files as a problem, with member `faults`. */
export function faultyPolicies(faults: readonly PolicyFault[]): Problem {
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
