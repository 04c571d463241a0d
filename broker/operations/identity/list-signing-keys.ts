import type { PublishedKey } from '../../../security/identity/identity-provider.ts'
import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import type { Command } from '../command.ts'
import { type KeyDependencies, runningProvider } from './running-provider.ts'

/** Answers which keys the built-in provider publishes. @throws Problem Forbidden, ResourceNotFound */
export const listSigningKeys =
  ({ provider }: Pick<KeyDependencies, 'provider'>) =>
  ({ caller }: Pick<Command, 'caller'>): readonly PublishedKey[] => {
    caller.check('read', DEFAULT_TENANT, { resource: 'identity' })
    return runningProvider(provider).publishedKeys()
  }
