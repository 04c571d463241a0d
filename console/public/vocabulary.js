// Names of types and attributes in the words of the ontology, which every hub serves itself.

let loading

/** Answers the words of the ontology; empty ones when they cannot be had. */
export function vocabulary() {
  loading ??= load().catch(() => ({ types: new Map(), attributes: new Map() }))
  return loading
}

async function load() {
  const { types, attributes } = await (await fetch('/ontology/v1/vocabulary.json')).json()
  return {
    types: new Map(types.map((type) => [type.name, type])),
    attributes: new Map(attributes.map((attribute) => [attribute.name, attribute])),
  }
}

/** Answers label and personal-data class of an attribute, the words of the type before the common ones. */
export function attributeWords({ types, attributes }, type, name) {
  const special = types.get(type)?.attributes?.find((attribute) => attribute.name === name)
  const { label, personalData } = special ?? attributes.get(name) ?? {}
  return { label: label && [label.vi, label.en], personalData }
}

/** Answers the label of a type. */
export function typeWords({ types }, name) {
  const label = types.get(name)?.label
  return label ? [label.vi, label.en] : [name, '']
}
