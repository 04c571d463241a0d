import type { AttributeKind, InstanceFragment } from '../model/entity.ts'
import { canHave, KIND_MEMBERS, LANG_STRING } from '../model/kind-members.ts'
import { badRequestData } from '../model/problem.ts'
import { isNull } from './members.ts'

/** Checks the members of a fragment that left its kind to the stored attribute. @throws Problem BadRequestData */
export function checkMembers(fragment: InstanceFragment, kind: AttributeKind, name: string): void {
  for (const member of KIND_MEMBERS) {
    const given = fragment[member]
    if (given === undefined || isNull(given)) continue
    if (!canHave(kind, member) || (kind === 'LanguageProperty' && given !== LANG_STRING))
      throw badRequestData(`${name} is a ${kind} and cannot have this ${member}`)
  }
}
