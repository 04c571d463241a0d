import type { View } from '../../broker/core/view/view.ts'

/** Answers a view that admits only what another one admits too; attributes look as in the first. */
export function narrowRows(view: View, by: View): View {
  if (by.unrestricted) return view
  const types = bothTypes(view.types, by.types)
  const { types: _, crowds, releases, ...rest } = view
  const narrowed = <T extends { readonly view: View }>(many: T): T => ({
    ...many,
    view: narrowRows(many.view, by),
  })
  return {
    ...rest,
    id: `${view.id}.${by.id}`,
    unrestricted: false,
    ...(types && { types }),
    admitsAll: (type) => view.admitsAll(type) && by.admitsAll(type),
    admits: (entity) => view.admits(entity) && by.admits(entity),
    ...(crowds && { crowds: crowds.map(narrowed) }),
    ...(releases && { releases: releases.map(narrowed) }),
  }
}

function bothTypes(one: View['types'], other: View['types']): View['types'] {
  if (one === undefined || other === undefined) return one ?? other
  return new Set([...one].filter((type) => other.has(type)))
}
