import fc from 'fast-check'
import type { Action } from '../../../../broker/core/model/caller.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../../broker/core/model/tenant.ts'
import { ANONYMOUS, type Claims } from '../../../../security/policy/claims.ts'
import type { AttributeClass, Rule } from '../../../../security/policy/rule.ts'
import { iri } from './vocabulary.ts'

export const ACTIONS: readonly Action[] = ['read', 'create', 'update', 'delete']
export const TENANTS = [DEFAULT_TENANT, parseTenant('one'), parseTenant('two')]
export const IDS = ['urn:x:1', 'urn:ngsi-ld:Device:1']
export const SCOPES = ['/a', '/b']
export const TYPES = ['Device', 'ServiceRequest', 'WeatherObserved'].map(iri)
/** Of class none, basic, either none or sensitive by type, and unclassified. */
export const ATTRIBUTES = ['status', 'reporterName', 'location', 'note'].map(iri)
export const CLASSES: readonly AttributeClass[] = ['none', 'basic', 'sensitive', 'unclassified']
const ROLES = ['operator', 'analyst']
const PURPOSES = ['planning', 'research']

/** Present in about every third rule, so that rules of few conditions are among them. */
export const perhaps = <Name extends string, T>(name: Name, value: fc.Arbitrary<T>) =>
  fc.oneof(
    { arbitrary: fc.constant({}), weight: 2 },
    value.map((given) => ({ [name]: given }) as Record<Name, T>),
  )
const some = <T>(of: readonly T[]) => fc.subarray([...of], { minLength: 1 })
const setOf = <T>(of: readonly T[]) => some(of).map((chosen) => new Set(chosen))
export const joined = (...parts: readonly fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((given) => Object.assign({}, ...given))

const subject = joined(
  perhaps('role', some(ROLES)),
  perhaps('purpose', some(PURPOSES)),
  perhaps('anonymous', fc.boolean()),
)
/** Rules in which everything may be named or left out. */
export const rule: fc.Arbitrary<Rule> = joined(
  fc.record({
    id: fc.string(),
    digest: fc.uuid(),
    origin: fc.constant({ file: 'random.yaml', line: 1 }),
    effect: fc.constantFrom('permit', 'permit', 'deny', 'mask'),
    subjects: fc.array(subject, { minLength: 1, maxLength: 2 }),
    actions: setOf(ACTIONS),
    kinds: fc.constantFrom(new Set(['entity']), new Set(['entity', 'feed']), new Set(['feed'])),
  }),
  perhaps('tenants', setOf(TENANTS)),
  perhaps('types', setOf(TYPES)),
  perhaps(
    'matchesId',
    fc.constantFrom(...IDS).map((id) => (given: string) => given === id),
  ),
  perhaps(
    'matchesScope',
    fc.constantFrom(...SCOPES).map((scope) => (given: readonly string[]) => given.includes(scope)),
  ),
  perhaps('attributes', setOf(ATTRIBUTES)),
  perhaps('classes', setOf(CLASSES)),
)
/** Callers of whom the rules may speak. */
export const claims: fc.Arbitrary<Claims> = fc.oneof(
  fc.constant(ANONYMOUS),
  joined(
    fc.record({
      subject: fc.constant('s'),
      issuer: fc.constant('https://issuer.example.org'),
      roles: fc.subarray(ROLES),
      anonymous: fc.constant(false),
    }),
    perhaps('purpose', fc.constantFrom(...PURPOSES)),
  ),
)
