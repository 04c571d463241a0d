import { Counter, type Registry } from 'prom-client'
import type { Ontology } from '../../ontology/ontology.ts'
import { convert, unitOf } from '../../ontology/units.ts'
import type { Config } from '../config.ts'
import type { ConvertUnit } from '../core/validation/canonical-units.ts'
import type { PageSettings } from '../http/page-settings.ts'
import type { Route } from '../http/route.ts'
import { validationRoutes } from '../http/routes/validation-routes.ts'
import type { ReadDependencies } from '../operations/entities/read-dependencies.ts'
import { judgeEntities } from '../operations/validation/judge-entities.ts'
import { createValidation, type JudgedType, type Validation } from '../operations/validation/validation.ts'
import { typeRules } from './type-rules.ts'

/** What judges entities by the ontology. */
export interface AssembledValidation {
  /** Absent: no type is judged when it is written. */
  readonly validation?: Validation
  /** Routes of what is told of entities that are there already. */
  routesOf(read: ReadDependencies, settings: PageSettings): readonly Route[]
}

type Vocabulary = Pick<Ontology, 'vocabulary'>
type Stated = Config['ontology']['validate']

/** Puts together what judges writes; what the configuration leaves out is kept as it comes. @throws Error for types that nobody knows */
export function assembleValidation(
  { ontology: { validate } }: Pick<Config, 'ontology'>,
  { ontology, metrics }: { readonly ontology: Vocabulary; readonly metrics: Registry },
): AssembledValidation {
  let made: ReadonlyMap<string, JudgedType> | undefined
  const judged = (): ReadonlyMap<string, JudgedType> => {
    made ??= judgedTypes(validate, ontology)
    return made
  }
  const routesOf: AssembledValidation['routesOf'] = (read, settings) =>
    validationRoutes({ judgeEntities: judgeEntities({ ...read, judged }) }, settings)
  if (validate.every(({ mode, convertUnits }) => mode === 'off' && !convertUnits)) return { routesOf }
  checkNames(validate, ontology)
  const breaches = new Counter({
    name: 'hub_ontology_breaches_total',
    help: 'Rules of the ontology that writes broke, by what became of the write',
    labelNames: ['type', 'attribute', 'rule', 'mode'] as const,
    registers: [metrics],
  })
  const validation = createValidation(judged(), byCode, (type, { attribute, rule }, mode) =>
    breaches.inc({ type, attribute, rule, mode }),
  )
  return { routesOf, validation }
}

/** The first rule that fits a type holds for it. */
function judgedTypes(validate: Stated, ontology: Vocabulary): ReadonlyMap<string, JudgedType> {
  const types = ontology.vocabulary.types.map(({ iri, name }) => {
    const stated = validate.find(
      (rule) => !rule.types || rule.types.includes(name) || rule.types.includes(iri),
    )
    const { mode = 'off', convertUnits = false } = stated ?? {}
    return [iri, judgedType({ mode, convertUnits }, iri, ontology)] as const
  })
  return new Map(types)
}

/** A name that nobody knows would leave a type unjudged without a word. @throws Error */
function checkNames(validate: Stated, { vocabulary }: Vocabulary): void {
  const known = new Set(vocabulary.types.flatMap(({ name, iri }) => [name, iri]))
  const lost = validate.flatMap(({ types = [] }) => types).find((type) => !known.has(type))
  if (lost !== undefined)
    throw new Error(`Setting ontology.validate names type ${lost}, which the ontology does not know`)
}

/** Rules are built when the first entity of their type is judged. */
function judgedType(stated: Omit<JudgedType, 'rules'>, iri: string, { vocabulary }: Vocabulary): JudgedType {
  let rules: JudgedType['rules'] | undefined
  return {
    ...stated,
    get rules() {
      rules ??= typeRules(iri, vocabulary)
      return rules
    },
  }
}

const byCode: ConvertUnit = (value, from, to) => {
  const [given, wanted] = [unitOf(from), unitOf(to)]
  return given && wanted && convert(value, given, wanted)
}
