import { itemsOf, type JsonObject } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { readRegistration } from '../../federation/registry/registration.ts'

/** All that an auxiliary source may be asked for (5.9.2.4). */
const AUXILIARY: ReadonlySet<string> = new Set(['retrieveOps', 'retrieveEntity', 'queryEntity'])

/** Checks what the mode of a whole registration demands of it (CIM 009 v1.9.1, 4.3.6.3 and 5.9.2.4). @throws Problem BadRequestData */
export function checkMode(document: JsonObject): void {
  if (document.mode === 'exclusive') checkExclusive(document)
  if (document.mode === 'auxiliary') checkAuxiliary(document)
}

function checkExclusive(document: JsonObject): void {
  for (const { entities, attributes } of readRegistration(document).information) {
    const concrete =
      entities.length > 0 &&
      entities.every(({ id, idPattern }) => id !== undefined && idPattern === undefined)
    if (!concrete)
      throw badRequestData('Registration of mode exclusive has to name entities by their id alone')
    if (attributes.length === 0)
      throw badRequestData('Registration of mode exclusive has to name attributes of each entity')
  }
}

function checkAuxiliary({ operations }: JsonObject): void {
  for (const name of itemsOf(operations)) {
    if (typeof name === 'string' && !AUXILIARY.has(name))
      throw badRequestData(
        `Registration of mode auxiliary names operation ${name}, but only ${[...AUXILIARY].join(', ')} may be`,
      )
  }
}
