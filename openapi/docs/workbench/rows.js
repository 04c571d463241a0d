// Makes rows of answers: of entities as they are now, and of their history.

const MEMBERS = new Set(['id', 'type', '@context'])

/** Answers the names of all attributes of entities, in the order in which they come. */
export function attributesIn(entities) {
  const names = new Set(entities.flatMap((entity) => Object.keys(entity)))
  return [...names].filter((name) => !MEMBERS.has(name))
}

/** Answers a row for each value of an evolution: entity, attribute, time and value, the newest first. */
export function valuesIn(evolutions) {
  return flat(evolutions, ({ values = [] }) => values.map(([value, at]) => ({ at, value }))).sort(
    (one, other) => String(other.at).localeCompare(String(one.at)),
  )
}

/** Answers a row for each period of aggregates: entity, attribute, its begin and end, and a value for each method. */
export function periodsIn(evolutions, methods) {
  return flat(evolutions, (attribute) => {
    const periods = new Map()
    for (const method of methods)
      for (const [value, from, to] of attribute[method] ?? [])
        periods.set(from, { ...periods.get(from), from, to, [method]: value })
    return [...periods.values()]
  })
}

function flat(evolutions, rowsOf) {
  return evolutions.flatMap((entity) =>
    attributesIn([entity]).flatMap((attribute) =>
      [entity[attribute]]
        .flat()
        .flatMap((each) => rowsOf(each).map((row) => ({ id: entity.id, attribute, ...row }))),
    ),
  )
}
