import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { Command } from '../command.ts'
import {
  checkComplete,
  decodeRegistrationFragment,
  type RegistrationFragment,
} from './decode-registration.ts'
import { keepRegistration, noRegistration } from './keep-registration.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'
import { keepsSecret } from './registration-secrets.ts'

export interface UpdateRegistration extends Command {
  readonly id: string
  readonly body: JsonValue | undefined
  readonly table: TermTable
}

/** Update CSource Registration (CIM 009 v1.9.1, 5.9.3): replaces the given members, null removes. @throws Problem */
export const updateRegistration =
  (dependencies: RegistrationDependencies) =>
  async ({ id, body, table, ...command }: UpdateRegistration): Promise<void> => {
    const { caller, tenant } = command
    caller.check('update', tenant, { resource: 'registration', id })
    const fragment = decodeRegistrationFragment(body, table, dependencies.clock())
    if (fragment.members.id !== undefined && fragment.members.id !== id) {
      throw badRequestData('Registration id of the body is not the one of the path')
    }
    await keepRegistration(dependencies, command, id, (current, now) => {
      if (!current) throw noRegistration(id)
      return overlay(current, fragment, now)
    })
  }

function overlay(current: JsonObject, { members, removed }: RegistrationFragment, now: Micros): JsonObject {
  const kept = Object.entries(current).filter(([name]) => !removed.includes(name))
  const next = { ...Object.fromEntries(kept), ...members, modifiedAt: formatDateTime(now) }
  checkComplete(next)
  if (removed.includes('id')) throw badRequestData('Registration id cannot be removed')
  checkCredentials(current, { members, removed })
  return next
}

/** Credentials were given for one server: they do not follow the endpoint to another one. */
function checkCredentials(current: JsonObject, { members, removed }: RegistrationFragment): void {
  const given = Object.hasOwn(members, 'contextSourceInfo') || removed.includes('contextSourceInfo')
  if (given || typeof members.endpoint !== 'string' || !keepsSecret(current)) return
  if (new URL(members.endpoint).origin === new URL(`${current.endpoint}`).origin) return
  throw badRequestData(
    'Registration keeps credentials of its endpoint: give contextSourceInfo with the new one',
  )
}
