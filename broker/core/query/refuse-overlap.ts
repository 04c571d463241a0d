import { badRequestData } from '../model/problem.ts'
import type { Projection } from './ast.ts'

/** What is picked cannot be omitted too (CIM 009 v1.9.1, 4.21); below a relationship both may go on. @throws Problem BadRequestData */
export function refuseOverlap(pick: Projection, omit: Projection): void {
  const both = [...omit.members].filter((name): boolean => pick.members.has(name)).map(String)
  for (const [name, omitted] of omit.attributes) {
    if (!pick.attributes.has(name)) continue
    const picked = pick.attributes.get(name)
    if (!omitted) both.push(name)
    else if (picked) refuseOverlap(picked, omitted)
  }
  if (both.length > 0) throw badRequestData(`Parameters pick and omit both name ${both.join(', ')}`)
}
