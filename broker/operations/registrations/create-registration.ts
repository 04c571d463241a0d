import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { Command } from '../command.ts'
import { decodeRegistration } from './decode-registration.ts'
import { keepRegistration } from './keep-registration.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'

export interface CreateRegistration extends Command {
  readonly body: JsonValue | undefined
  readonly table: TermTable
}

/** Register Context Source (CIM 009 v1.9.1, 5.9.2): keeps a new registration. @throws Problem AlreadyExists */
export const createRegistration =
  (dependencies: RegistrationDependencies) =>
  async ({ body, table, ...command }: CreateRegistration): Promise<{ readonly id: string }> => {
    const { caller, tenant } = command
    caller.check('create', tenant, { resource: 'registration' })
    const members = decodeRegistration(body, table, dependencies.clock())
    const id = typeof members.id === 'string' ? members.id : dependencies.newId(command.attempt)
    caller.check('create', tenant, { resource: 'registration', id })
    await dependencies.store.createTenant(tenant)
    await keepRegistration(dependencies, command, id, (current, now) => {
      if (current && command.attempt !== undefined && members.id === undefined) return current
      if (current) throw new Problem('AlreadyExists', `Registration ${id} exists already`)
      const at = formatDateTime(now)
      return { ...members, id, createdAt: at, modifiedAt: at }
    })
    return { id }
  }
