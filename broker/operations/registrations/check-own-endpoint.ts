import { badRequestData } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Registration } from '../../federation/registry/registration.ts'

/** Checks that a source is another one than this hub with this tenant, which would ask itself (4.3.6.4). @throws Problem BadRequestData */
export function checkOwnEndpoint(
  { endpoint, tenant }: Pick<Registration, 'endpoint' | 'tenant'>,
  own: { readonly tenant: Tenant; readonly url: string },
): void {
  if (tenant !== own.tenant || placeOf(endpoint) !== placeOf(own.url)) return
  throw badRequestData('Registration endpoint is this hub itself')
}

function placeOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}
