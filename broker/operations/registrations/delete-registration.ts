import type { Command } from '../command.ts'
import { keepRegistration, noRegistration } from './keep-registration.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'

export interface DeleteRegistration extends Command {
  readonly id: string
}

/** Delete CSource Registration (CIM 009 v1.9.1, 5.9.4): its source is not asked any more. @throws Problem */
export const deleteRegistration =
  (dependencies: RegistrationDependencies) =>
  async ({ id, ...command }: DeleteRegistration): Promise<void> => {
    const { caller, tenant } = command
    caller.check('delete', tenant, { resource: 'registration', id })
    await keepRegistration(dependencies, command, id, (current) => {
      if (!current) throw noRegistration(id)
      return undefined
    })
  }
