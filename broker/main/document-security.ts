import type { Deployment } from '../../openapi/served-document.ts'
import { isTree, type Tree, treeOf } from '../../openapi/tree.ts'
import type { Config } from '../config.ts'

const OPEN_ID_CONNECT = 'openIdConnect'

/**
 * Answers how callers show to this hub who they are. The document is written for the built-in provider, by paths: where it
 * runs they are under the hub's address, and each issuer that is trusted besides is another place to log in.
 */
export function securityOfHub(
  { auth, identity }: Pick<Config, 'auth' | 'identity'>,
  url: string,
  { components, security }: Tree,
): Pick<Deployment, 'securitySchemes' | 'security'> {
  if (auth.mode === 'off') return { securitySchemes: {}, security: [] }
  const { bearer, ...login } = treeOf(treeOf(components).securitySchemes)
  const own = identity.enabled ? Object.entries(treeOf(absolute(login, url))) : []
  const others = auth.issuers.map(({ issuer }, at): [string, unknown] => [
    own.length + at === 0 ? OPEN_ID_CONNECT : `${OPEN_ID_CONNECT}${at + 2}`,
    {
      ...treeOf(login[OPEN_ID_CONNECT]),
      openIdConnectUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    },
  ])
  const schemes: readonly [string, unknown][] = [['bearer', bearer], ...own, ...others]
  const written = Array.isArray(security) ? security.map(treeOf) : []
  const scopes = (name: string): unknown => written.find((one) => name in one)?.[name] ?? []
  return {
    securitySchemes: Object.fromEntries(schemes),
    // strangers may do what policies permit to them
    security: [...schemes.map(([name]) => ({ [name]: scopes(name) })), {}],
  }
}

/** Puts paths of the hub under its address. */
function absolute(value: unknown, url: string): unknown {
  if (typeof value === 'string') return value.startsWith('/') ? `${url}${value}` : value
  if (!isTree(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, absolute(member, url)]))
}
