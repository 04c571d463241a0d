import type Koa from 'koa'
import { readsPage } from '../middleware/allow-methods.ts'

/** Leads from a path to another one, where the pages' relative links hold; anything else is left to the next page. */
export function redirects(targets: ReadonlyMap<string, string>): (context: Koa.Context) => boolean {
  return (context) => {
    const target = targets.get(context.path)
    if (target === undefined) return false
    if (!readsPage(context)) return true
    context.state.route = 'page'
    context.redirect(target)
    return true
  }
}
