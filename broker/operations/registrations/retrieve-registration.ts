import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Command } from '../command.ts'
import { encodeRegistration } from './encode-registration.ts'
import { alive, noRegistration } from './keep-registration.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'

export interface RetrieveRegistration extends Command {
  readonly id: string
  readonly table: TermTable
  readonly sysAttrs: boolean
}

/** Retrieve CSource Registration (CIM 009 v1.9.1, 5.10.1): in the terms of the caller. @throws Problem */
export const retrieveRegistration =
  ({ store, states, clock }: RegistrationDependencies) =>
  async ({ id, table, sysAttrs, caller, tenant }: RetrieveRegistration): Promise<JsonObject> => {
    caller.check('read', tenant, { resource: 'registration', id })
    const document = alive((await store.document(tenant, 'registration', id))?.document, clock())
    if (!document) throw noRegistration(id)
    return encodeRegistration(document, states.of(tenant, id), { table, sysAttrs })
  }
