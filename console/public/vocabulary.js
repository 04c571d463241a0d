// Names of types and attributes in the words of the ontology, which every hub serves itself.

let loading

/** Answers the words of the ontology; empty ones when they cannot be had. */
export function vocabulary() {
  loading ??= load().catch(() => ({ types: new Map(), attributes: new Map(), valueLists: {}, units: {} }))
  return loading
}

async function load() {
  const { types, attributes, valueLists, units } = await (await fetch('/ontology/v1/vocabulary.json')).json()
  return {
    types: new Map(types.map((type) => [type.name, type])),
    attributes: new Map(attributes.map((attribute) => [attribute.name, attribute])),
    valueLists,
    units,
  }
}

/**
 * Answers label, personal-data class, kinds, what values are, their unit and their names, where there are some: what the type
 * says of an attribute before what is common.
 */
export function attributeWords({ types, attributes, valueLists, units }, type, name) {
  const special = types.get(type)?.attributes?.find((attribute) => attribute.name === name)
  const { label, personalData, kinds, value, unit, values } = { ...attributes.get(name), ...special }
  return {
    label: label && [label.vi, label.en],
    ...{ personalData, kinds, value },
    unit: units[unit],
    values: valueLists[values],
  }
}

/** Answers the label of a type. */
export function typeWords({ types }, name) {
  const label = types.get(name)?.label
  return label ? [label.vi, label.en] : [name, '']
}
