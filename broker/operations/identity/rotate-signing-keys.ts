import type { PublishedKey } from '../../../security/identity/identity-provider.ts'
import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import type { Command } from '../command.ts'
import { type KeyDependencies, runningProvider } from './running-provider.ts'

/** Lets another key sign; `withdraw`: every token that was signed so far is good no more. @throws Problem Forbidden, ResourceNotFound */
export const rotateSigningKeys =
  ({ provider, audit }: KeyDependencies) =>
  async ({
    caller,
    withdraw,
  }: Pick<Command, 'caller'> & { readonly withdraw: boolean }): Promise<readonly PublishedKey[]> => {
    caller.check('update', DEFAULT_TENANT, { resource: 'identity' })
    const of = runningProvider(provider)
    await audit?.record({
      operation: withdraw ? 'identity.keys.withdraw' : 'identity.keys.rotate',
      outcome: 'done',
      by: caller,
      tenant: DEFAULT_TENANT,
    })
    await of.rotateKeys({ withdraw })
    return of.publishedKeys()
  }
