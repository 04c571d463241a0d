import type Koa from 'koa'
import { Problem } from '../../core/model/problem.ts'

/** Answers OPTIONS with what a resource allows, and refuses any other method (CIM 009 v1.9.1, 6.3.2). @throws Problem */
export function allowMethods(context: Koa.Context, methods: readonly string[]): void {
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (context.method !== 'OPTIONS') {
    throw new Problem('MethodNotAllowed', `Method ${context.method} is not for this resource; ${allow} are`, {
      headers: { Allow: allow },
    })
  }
  context.set('Allow', allow)
  context.status = 204
}

/** Tells whether the request reads a page; answers OPTIONS. @throws Problem MethodNotAllowed */
export function readsPage(context: Koa.Context): boolean {
  if (context.method === 'GET' || context.method === 'HEAD') return true
  allowMethods(context, ['GET', 'HEAD'])
  return false
}
