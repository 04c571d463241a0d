import { createHash } from 'node:crypto'
import { Ajv, type ErrorObject } from 'ajv'
import { LineCounter, parseDocument, visit } from 'yaml'
import type { JsonValue } from '../../broker/core/model/json.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import type { Geometry } from '../../broker/core/query/ast.ts'
import { type CheckedRule, checkRule, compileRule, type RuleBasis, type RuleText } from './compile-rule.ts'
import { POLICY_SCHEMA } from './policy-schema.ts'
import type { Hub, PolicySet, RuleOrigin } from './rule.ts'
import { type Areas, faultOfArea, parseArea } from './rule-where.ts'
import { toldApart } from './told-apart.ts'
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

type Path = readonly (string | number)[]
type Report = (path: Path, text: string) => void

// that the schema is valid is a test; to prove it at each start takes longer than to read the policies
const checkShape = new Ajv({
  allErrors: true,
  strict: false,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
}).compile(POLICY_SCHEMA)

/** Rules that were checked, ready to be compiled. */
export interface CheckedPolicies {
  readonly rules: readonly CheckedRule[]
  /** Areas that they name, of all files. */
  readonly areas: Areas
  /** Hash of all that was read: another one may mean other decisions. */
  readonly generation: string
}

/**
 * Reads policy files into the rules in force, or reports every fault of every file at once.
 * @throws Problem BadRequestData with the faults as member `faults`
 */
export function loadPolicies(files: readonly PolicyFile[], vocabulary: Vocabulary, hub: Hub = {}): PolicySet {
  const { rules, areas, generation } = checkPolicies(files, { vocabulary, hub })
  return {
    generation,
    rules: rules.map((rule) => compileRule(rule, { vocabulary, hub, areas })),
    vocabulary,
  }
}

/** Checks policy files without compiling them: what takes long. @throws Problem BadRequestData like `loadPolicies` */
export function checkPolicies(
  files: readonly PolicyFile[],
  basis: Omit<RuleBasis, 'areas'>,
): CheckedPolicies {
  const faults: PolicyFault[] = []
  const contents = files.flatMap((file) => readContent(file, faults))
  const areas = areasOf(contents)
  const seen = new Set<string>()
  const rules = contents.flatMap((content) => checkRules(content, { ...basis, areas }, seen))
  if (faults.length === 0) faults.push(...faultsTogether(rules, { ...basis, areas }))
  if (faults.length > 0) throw faultyPolicies(faults)
  return { rules, areas, generation: generationOf(files, basis.hub) }
}

/** What is wrong with rules beside each other. */
function faultsTogether(rules: readonly CheckedRule[], basis: RuleBasis): readonly PolicyFault[] {
  const tellsOfMany = ({ text: { obligations } }: CheckedRule): boolean =>
    obligations?.release !== undefined || obligations?.aggregateOnly !== undefined
  if (!rules.some(tellsOfMany)) return []
  const compiled = rules.map((rule) => compileRule(rule, basis))
  return toldApart({ rules: compiled, vocabulary: basis.vocabulary }).map(
    ({ rule, what, type, to, other }) => ({
      ...rule.origin,
      text: `Rule ${rule.id} has ${what} of ${type} (to ${to}) by other groups than rule ${other.rule.id} (to ${other.to}): together they could single somebody out`,
    }),
  )
}

/** A policy file whose shape is right. */
interface Content {
  readonly rules: readonly RuleText[]
  readonly areas?: Readonly<Record<string, JsonValue>>
  readonly originOf: (path: Path) => RuleOrigin
  readonly report: Report
}

function readContent({ name, text }: PolicyFile, faults: PolicyFault[]): readonly Content[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const originAt = (offset: number): RuleOrigin => ({ file: name, line: lines.linePos(offset).line || 1 })
  for (const error of document.errors) faults.push({ ...originAt(error.pos[0]), text: error.message })
  if (document.errors.length > 0) return []
  visit(document, {
    Alias: (_, { source, range }) => {
      faults.push({
        ...originAt(range?.[0] ?? 0),
        text: `Alias *${source} is not taken: what it stands for has to be written out`,
      })
    },
  })
  if (faults.some(({ file }) => file === name)) return []
  const originOf = (path: Path): RuleOrigin => originAt(offsetOf(document, path))
  const report: Report = (path, what) => faults.push({ ...originOf(path), text: what })
  const content: unknown = document.toJS({ maxAliasCount: 0 })
  if (checkShape(content)) return [{ ...(content as Pick<Content, 'rules' | 'areas'>), originOf, report }] // its shape is right
  for (const error of tellingErrors(checkShape.errors ?? [])) report(pathOf(error), describe(error))
  return []
}

function areasOf(contents: readonly Content[]): Areas {
  const areas = new Map<string, Geometry>()
  for (const { areas: given = {}, report } of contents) {
    for (const [name, value] of Object.entries(given)) {
      const fault = faultOfArea(value)
      if (fault !== undefined) report(['areas', name], fault)
      else if (areas.has(name)) report(['areas', name], `Area ${name} is already there`)
      else areas.set(name, parseArea(value))
    }
  }
  return areas
}

function checkRules(
  { rules, originOf, report }: Content,
  basis: RuleBasis,
  seen: Set<string>,
): readonly CheckedRule[] {
  return rules.map((text, at) => {
    const checked = { text, origin: originOf(['rules', at]) }
    if (seen.has(text.id)) report(['rules', at, 'id'], `Rule ${text.id} is already there`)
    seen.add(text.id)
    checkRule(checked, basis, (path, what) => report(['rules', at, ...path], what))
    return checked
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

/** The faults of policy files as a problem, with member `faults`. */
export function faultyPolicies(faults: readonly PolicyFault[]): Problem {
  const list = faults.map(({ file, line, text }) => `${file}:${line}: ${text}`).join('\n')
  return new Problem('BadRequestData', `Policies have ${faults.length} fault(s)\n${list}`, {
    members: { faults: faults.map((fault) => ({ ...fault })) },
  })
}

function generationOf(files: readonly PolicyFile[], hub: Hub): string {
  const hash = createHash('sha256').update(JSON.stringify([hub.city ?? null, hub.least ?? null]))
  for (const { name, text } of files) hash.update(JSON.stringify([name, text]))
  return hash.digest('hex').slice(0, 24)
}
