import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { Command } from '../../../broker/operations/command.ts'
import { checkCurrent } from '../../../broker/operations/guard.ts'
import { checkHead } from '../../../broker/operations/temporal/write-evolution.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { hideRestricted, type Restriction } from '../../../security/policy/hide-restricted.ts'
import { entity, PM10, property } from '../../support/store-builders.ts'

const [HERS, OTHER] = ['urn:e:hers', 'urn:e:other']

describe('security/policy: restrictions of a person', () => {
  const open = OPEN_CALLER.view(DEFAULT_TENANT)
  const under = (...restrictions: readonly Restriction[]) =>
    hideRestricted(
      open,
      { generation: 1, of: () => restrictions },
      { tenant: DEFAULT_TENANT, purpose: 'work' },
    )
  const hers: Restriction = { entity: HERS, attributes: new Set([PM10]) }
  const refused = (view: typeof open, check: (command: Command) => void): string | undefined => {
    try {
      check({ caller: { ...OPEN_CALLER, view: () => view }, tenant: DEFAULT_TENANT, origin: { by: 'x' } })
      return undefined
    } catch (error) {
      return (error as { readonly code: string }).code // what checks throw
    }
  }
  const deletes = (id: string) => (command: Command) =>
    checkCurrent(command, { action: 'delete', id }, entity(id, { attributes: { [PM10]: [property(1)] } }))
  /** Of an entity that has lost the attribute: only its past has it. */
  const deletesPast = (id: string) => (command: Command) => {
    const state = entity(id, { attributes: {} })
    const { types, createdAt, modifiedAt } = state
    const intent = { action: 'delete', id, attributes: [PM10], whole: true } as const
    checkHead(command, intent, { id, types, createdAt, modifiedAt, state })
  }

  it('keep what is hers from being written over, now and in the past, and nothing else of its type', () => {
    const view = under(hers)
    for (const act of [deletes, deletesPast]) {
      expect(refused(view, act(HERS))).to.equal('Forbidden')
      expect(refused(view, act(OTHER))).to.equal(undefined)
    }
    expect(view.veils(entity(HERS).types)).to.equal(false)
  })

  it('leave nothing behind when they are lifted', () => {
    expect(under()).to.equal(open)
    const otherwise = under({ ...hers, purpose: 'research' })
    expect(otherwise).to.equal(open)
    for (const act of [deletes, deletesPast]) expect(refused(under(), act(HERS))).to.equal(undefined)
  })
})
