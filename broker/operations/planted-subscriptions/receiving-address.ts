import type { Seal } from '../../../security/seal.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { PlantedCopy } from './planted-copy.ts'

/** Purpose of the seal that addresses for notifications of sources are made with, and what copies keep. */
export const PLANTED_SEAL = 'planted subscription'

/** Path below which sources notify. */
export const RECEIVING_PATH = '/hub/v1/federation/notifications'

/** Which planting an address stands for. */
export interface Planting extends Pick<PlantedCopy, 'subscriptionId' | 'registrationId' | 'name'> {
  readonly tenant: Tenant
}

/** What `addressKey` closes. */
type AddressParts = [tenant: Tenant, subscriptionId: string, registrationId: string, name: string]

/**
 * Answers the last part of the address that a source is given: nobody can guess or make one, and it says by itself what
 * it stands for, also when that is gone here.
 */
export function addressKey(
  { tenant, subscriptionId, registrationId, name }: Planting,
  seal: Pick<Seal, 'close'>,
): string {
  return seal.close(JSON.stringify([tenant, subscriptionId, registrationId, name]), RECEIVING_PATH)
}

/** Reads what `addressKey` wrote; undefined: this hub did not. */
export function plantingOf(key: string, seal: Pick<Seal, 'open'>): Planting | undefined {
  const text = seal.open(key, RECEIVING_PATH)
  if (text === undefined) return undefined
  const [tenant, subscriptionId, registrationId, name] = JSON.parse(text) as AddressParts
  return { tenant, subscriptionId, registrationId, name }
}
