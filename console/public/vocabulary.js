// Names of types and attributes in the words of the ontology, which every hub serves itself.

let loading

/** Answers the words of the ontology; empty ones when they cannot be had. */
export function vocabulary() {
  loading ??= load().catch(() => ({ types: new Map(), attributes: new Map(), valueLists: {} }))
  return loading
}

async function load() {
  const { types, attributes, valueLists } = await (await fetch('/ontology/v1/vocabulary.json')).json()
  return {
    types: new Map(types.map((type) => [type.name, type])),
    attributes: new Map(attributes.map((attribute) => [attribute.name, attribute])),
    valueLists,
  }
}

/** Answers label, personal-data class and named values of an attribute, those of the type before the common ones. */
export function attributeWords({ types, attributes, valueLists }, type, name) {
  const special = types.get(type)?.attributes?.find((attribute) => attribute.name === name)
  const { label, personalData, values } = { ...attributes.get(name), ...special }
  return { label: label && [label.vi, label.en], personalData, values: valueLists[values] }
}

/** Answers the label of a type. */
export function typeWords({ types }, name) {
  const label = types.get(name)?.label
  return label ? [label.vi, label.en] : [name, '']
}
