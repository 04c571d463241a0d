import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { CLASSES, KINDS } from '../../security/policy/policy-schema.ts'
import { hashOfTest } from '../support/hash-of-test.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { seed } from './seeds.ts'

/** How long what was deleted stays away, milliseconds. */
const SEED_INTERVAL = 1000

const ROLE = 'everything'
const PURPOSE = 'trial'
const CLIENT = { id: 'contract', secret: 'secret of a contract' }
const POLICIES = {
  description: 'A role that may do whatever the API has',
  rules: [
    {
      id: 'everything.is-seen-in-clear',
      effect: 'permit',
      subject: { role: ROLE },
      action: 'read',
      resource: { class: [...CLASSES] },
    },
    {
      id: 'everything.is-done',
      effect: 'permit',
      subject: { role: ROLE },
      action: ['read', 'create', 'update', 'delete'],
      resource: { kind: [...KINDS] },
    },
  ],
}

/** A hub that is tried against its document, with something of each kind in it, again and again. */
export interface ContractHub {
  readonly url: string
  /** Headers of a caller who may do everything, with a fresh token where there is access control. */
  headers(): Promise<Readonly<Record<string, string>>>
  stop(): Promise<void>
}

/** Starts a hub with a store of its own: open to everybody, or with access control. */
export async function startContractHub(access: 'open' | 'secured'): Promise<ContractHub> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-contract-'))
  const policies = join(folder, 'policies.yaml')
  writeFileSync(policies, stringify(POLICIES))
  const hub = await startTestHub({
    'context.default': 'ontology',
    // nobody outside is called: sources, endpoints and contexts are refused at once
    'egress.mode': 'guarded',
    'changes.heartbeat': 100,
    'privacy.reports': join(folder, 'reports'),
    ...(access === 'secured' && {
      'auth.mode': 'required',
      'auth.policies': [policies],
      'identity.enabled': true,
      'identity.clients': [
        { id: CLIENT.id, secret: hashOfTest(CLIENT.secret), roles: [ROLE], purpose: PURPOSE },
      ],
    }),
  })
  const headers = async (): Promise<Readonly<Record<string, string>>> =>
    access === 'open' ? {} : { Authorization: `Bearer ${await token(hub)}` }
  const stopSeeding = await keepSeeded(hub, headers)
  return {
    url: hub.url,
    headers,
    stop: async () => {
      await stopSeeding()
      await hub.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What requests delete comes again: most of them need something that is there. */
async function keepSeeded(hub: TestHub, headers: ContractHub['headers']): Promise<() => Promise<void>> {
  await seed(hub, await headers())
  let isStopped = false
  let wake = (): void => {}
  const going = (async () => {
    while (!isStopped) {
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, SEED_INTERVAL)
      })
      if (!isStopped) await seed(hub, await headers())
    }
  })()
  return () => {
    isStopped = true
    wake()
    return going
  }
}

async function token(hub: TestHub): Promise<string> {
  const { status, body, text } = await hub.send('/oidc/token', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`).toString('base64')}`,
    },
    body: 'grant_type=client_credentials',
  })
  if (status !== 200) throw new Error(`No token: ${status} ${text}`)
  return body.access_token
}
