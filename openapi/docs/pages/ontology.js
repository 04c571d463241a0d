import { attributePage } from '/docs/terms/attribute.js'
import { termIndex } from '/docs/terms/index.js'
import { typePage } from '/docs/terms/type.js'

/** Shows the ontology of this hub, or one type or attribute of it. */
export async function draw(_, name) {
  const vocabulary = await readVocabulary()
  const type = vocabulary.types.find((one) => one.name === name)
  if (type) return typePage(type, vocabulary)
  const attribute = vocabulary.attributes.find((one) => one.name === name)
  return attribute ? attributePage(attribute, vocabulary) : termIndex(vocabulary)
}

/** The vocabulary in force; `uses` answers the attributes of a type with all that holds of them there. */
async function readVocabulary() {
  const answer = await fetch('/ontology/', { headers: { accept: 'application/json' } })
  const vocabulary = await answer.json()
  const definitions = new Map(vocabulary.attributes.map((attribute) => [attribute.name, attribute]))
  const uses = ({ attributes, retention, owner }) =>
    attributes.map((use) => ({ cardinality: '0..1', retention, owner, ...definitions.get(use.name), ...use }))
  return { ...vocabulary, uses }
}
