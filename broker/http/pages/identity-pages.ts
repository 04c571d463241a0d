import type Koa from 'koa'
import type { IdentityProvider } from '../../../security/identity/identity-provider.ts'

const PREFIX = '/oidc'

/** Hands everything under `/oidc` to the built-in OpenID Connect provider. */
export function identityPages(provider: IdentityProvider): (context: Koa.Context) => Promise<boolean> {
  return async (context) => {
    if (context.path !== PREFIX && !context.path.startsWith(`${PREFIX}/`)) return false
    context.state.route = PREFIX
    context.respond = false
    const request = Object.assign(context.req, { originalUrl: context.req.url })
    request.url = context.req.url?.slice(PREFIX.length) || '/'
    await new Promise<void>((resolve) => {
      context.res.once('close', resolve)
      provider.callback(request, context.res)
    })
    return true
  }
}
