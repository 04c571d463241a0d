import { decodeJwt } from 'jose'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { ANONYMOUS, type Binding, bindingOf, boundTo, type Claims } from '../../../security/policy/claims.ts'
import { type ExplainedDecision, explainDecision } from '../../../security/policy/explain-decision.ts'
import { rulesInTime } from '../../../security/policy/rules-in-time.ts'
import { claimsOf } from '../../../security/tokens/claims-of.ts'
import type { Config } from '../../config.ts'
import { DEFAULT_TENANT, parseTenant } from '../../core/model/tenant.ts'
import { nameIn, readPolicies, vocabularyOf } from '../../main/policies.ts'
import { readConfig } from '../../read-config.ts'
import { CommandFailure } from '../command-failure.ts'
import { askHub, type HubOptions } from './ask-hub.ts'
import { tableText } from './print-table.ts'
import { readRequest } from './read-request.ts'

export interface ExplainOptions extends HubOptions {
  readonly as: string
  readonly request: string
  readonly config?: string
  readonly json?: true
}

/** Who asks: the claims that policies look at. */
type Asker = Pick<
  Claims,
  'roles' | 'organisation' | 'city' | 'client' | 'purpose' | 'assurance' | 'anonymous'
> & { readonly bound?: Binding }

/** Prints why policies decide as they do. @throws ConfigError, CommandFailure */
export async function explainPolicy(options: ExplainOptions): Promise<void> {
  const ontology = readOntology(packageRoot)
  const config = options.config === undefined ? undefined : await configOf(options.config)
  const question = readRequest(options.request, vocabularyOf(ontology))
  const asker = askerOf(options.as, config)
  const { bound, ...claims } = asker
  const explained = config
    ? explainDecision(
        rulesInTime(
          () => readPolicies(config, { root: packageRoot, ontology }),
          () => Date.now() * 1000,
        )(),
        {
          claims: { ...ANONYMOUS, ...claims, ...boundTo(bound) },
          tenant: options.tenant === '' ? DEFAULT_TENANT : parseTenant(options.tenant),
        },
        question,
      )
    : await askedOf(options, { as: asker, ...question })
  const named = {
    ...explained,
    attributes: explained.attributes.map((one) => ({ ...one, attribute: nameIn(ontology, one.attribute) })),
  }
  process.stdout.write(options.json ? `${JSON.stringify(named, null, 2)}\n` : textOf(options, named))
}

function configOf(file: string): Promise<Config> {
  return readConfig({ file, environment: process.env })
}

async function askedOf(options: ExplainOptions, question: object): Promise<ExplainedDecision> {
  const { body } = await askHub(options, {
    method: 'POST',
    path: '/hub/v1/policies/explain',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(question)),
  })
  return (await body.json()) as ExplainedDecision // the OpenAPI document says so
}

/** @throws CommandFailure when nobody is meant */
function askerOf(who: string, config: Config | undefined): Asker {
  if (who === 'anonymous') return { roles: [], anonymous: true }
  if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(who) && who.length > 100)
    return plain(claimsOf(decodeJwt(who), { issuer: '' }))
  if (who.includes('=')) return claimsIn(who)
  const { accounts = [], clients = [] } = config?.identity ?? {}
  const found = accounts.find(({ name }) => name === who) ?? clients.find(({ id }) => id === who)
  if (!found)
    throw new CommandFailure(
      `Nobody is called ${who}: give an account of --config, a token, or role=…,city=…`,
    )
  const { roles = [], organisation, city, purpose } = found
  return {
    ...{ roles, anonymous: false },
    ...(organisation && { organisation }),
    ...(city && { city }),
    ...(purpose && { purpose }),
  }
}

function plain(claims: Claims): Asker {
  const { roles, organisation, city, client, purpose, assurance, anonymous } = claims
  const bound = bindingOf(claims)
  return {
    ...{ roles, anonymous },
    ...(organisation && { organisation }),
    ...(city && { city }),
    ...(client && { client }),
    ...(purpose && { purpose }),
    ...(assurance !== undefined && { assurance }),
    ...(bound && { bound }),
  }
}

/** `role=operator,city=song-cong`; `role` may come several times. */
function claimsIn(text: string): Asker {
  const pairs = text.split(',').map((part) => part.split('=').map((each) => each.trim()))
  const known = ['role', 'organisation', 'city', 'client', 'purpose', 'assurance', 'bound']
  const unknown = pairs.find(([name = '']) => !known.includes(name))
  if (unknown) throw new CommandFailure(`Claim ${unknown[0]} is none of ${known.join(', ')}`)
  const others = pairs
    .filter(([name]) => name !== 'role')
    .map(([name = '', value = '']) => [name, name === 'assurance' ? Number(value) : value])
  return {
    roles: pairs.flatMap(([name, value = '']) => (name === 'role' ? [value] : [])),
    anonymous: false,
    ...Object.fromEntries(others),
  }
}

const OUTCOMES = {
  permitted: 'Permitted.',
  refused: 'Refused.',
  hidden: 'Hidden: answered 404, as if it were not there.',
  conditional: 'Depends on the entity.',
} as const

function textOf({ as, request }: ExplainOptions, { outcome, rules, attributes }: ExplainedDecision): string {
  const who = as.length > 100 ? 'the holder of the token' : as
  const told = rules.map(({ id, file, line, about, effect, conditions = '' }) => [
    `${file}:${line}`,
    id,
    `${effect} ${about === 'resources' ? '' : about}`.trim(),
    conditions === '' ? '' : `where ${conditions}`,
  ])
  const shown = attributes.map(({ attribute, class: each, treatment, rules: by }) => [
    attribute,
    each,
    treatment,
    by.length > 0 ? by.join(', ') : 'its class',
  ])
  return [
    `${request} as ${who}: ${OUTCOMES[outcome]}\n`,
    told.length === 0 ? '\nNo rule speaks of it.\n' : `\nRules\n${tableText(told)}`,
    shown.length === 0 ? '' : `\nAttributes, as they are shown\n${tableText(shown)}`,
  ].join('')
}
