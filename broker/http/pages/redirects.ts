import type Koa from 'koa'

/** Leads from a path to another one, where the pages' relative links hold; anything else is left to the next page. */
export function redirects(targets: ReadonlyMap<string, string>): (context: Koa.Context) => boolean {
  return (context) => {
    const target =
      context.method === 'GET' || context.method === 'HEAD' ? targets.get(context.path) : undefined
    if (target === undefined) return false
    context.state.route = 'page'
    context.redirect(target)
    return true
  }
}
