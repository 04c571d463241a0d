import { Problem } from '../../core/model/problem.ts'
import type { WrittenAnswer } from '../encode/write-answer.ts'

/** Answers OPTIONS with what a resource allows, and refuses any other method (CIM 009 v1.9.1, 6.3.2). @throws Problem */
export function allowMethods(method: string, methods: Iterable<string>): WrittenAnswer {
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (method === 'OPTIONS') return { status: 204, headers: { Allow: allow } }
  throw new Problem('MethodNotAllowed', `Method ${method} is not for this resource; ${allow} are`, {
    headers: { Allow: allow },
  })
}
