import type { Caller } from '../broker/core/model/caller.ts'
import type { View } from '../broker/core/view/view.ts'

/** Sees everything as it is. */
const OPEN_VIEW: View = {
  id: 'open',
  unrestricted: true,
  admits: () => true,
  admitsAll: () => true,
  treatment: () => 'clear',
  veils: () => false,
  clearEverywhere: () => true,
}

/** May do everything: the caller of a hub without access control. */
export const OPEN_CALLER: Caller = {
  key: 'open',
  name: 'open',
  anonymous: false,
  roles: [],
  delegation: () => ({}),
  view: () => OPEN_VIEW,
  check: () => undefined,
}
