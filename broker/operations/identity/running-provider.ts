import type { Audit } from '../../../security/audit/audit.ts'
import type { IdentityProvider } from '../../../security/identity/identity-provider.ts'
import { Problem } from '../../core/model/problem.ts'

/** What the operations on the provider's keys work with. */
export interface KeyDependencies {
  /** Absent: this hub runs no provider. */
  readonly provider?: IdentityProvider | undefined
  /** Absent: this hub keeps no audit log. */
  readonly audit?: Pick<Audit, 'record'> | undefined
}

/** Answers the provider of this hub. @throws Problem ResourceNotFound */
export function runningProvider(provider: IdentityProvider | undefined): IdentityProvider {
  if (!provider) throw new Problem('ResourceNotFound', 'Identity provider does not run in this hub')
  return provider
}
