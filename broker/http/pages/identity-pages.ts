import type { IdentityProvider } from '../../../security/identity/identity-provider.ts'
import type { Page } from '../page.ts'

const PREFIX = '/oidc'

/** Hands everything under `/oidc` to the built-in OpenID Connect provider, which sends its answers itself. */
export function identityPages(provider: IdentityProvider): Page {
  return {
    paths: [PREFIX, `${PREFIX}/{*rest}`],
    route: PREFIX,
    methods: 'any',
    answer: async (context) => {
      context.respond = false
      for (const [name, value] of Object.entries(context.state.exchange.headers))
        context.set(name, [value].flat())
      const request = Object.assign(context.req, { originalUrl: context.req.url })
      request.url = context.req.url?.slice(PREFIX.length) || '/'
      await new Promise<void>((resolve) => {
        context.res.once('close', resolve)
        provider.callback(request, context.res)
      })
    },
  }
}
