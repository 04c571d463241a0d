import type { Text, TypeDefinition, Vocabulary } from '../vocabulary.ts'
import { both, escapeHtml, page } from './reference-page.ts'
import { typePage } from './write-type-page.ts'

/** Documents of the ontology besides the page of each type: file, and what it is. */
const DOCUMENTS: Readonly<Record<string, Text>> = {
  'context.jsonld': { vi: 'JSON-LD @context', en: 'JSON-LD @context' },
  'ontology.ttl': { vi: 'OWL, Turtle', en: 'OWL, Turtle' },
  'ontology.jsonld': { vi: 'OWL, JSON-LD', en: 'OWL, JSON-LD' },
  'shapes.ttl': { vi: 'SHACL, Turtle', en: 'SHACL, Turtle' },
  'schemas/attributes.json': { vi: 'JSON Schema của thuộc tính', en: 'JSON Schemas of attributes' },
  'entities.ts': { vi: 'Kiểu TypeScript', en: 'TypeScript types' },
  'vocabulary.json': { vi: 'Toàn bộ bộ từ vựng', en: 'All of the vocabulary' },
  'administrative-units.json': { vi: 'Đơn vị hành chính', en: 'Administrative units' },
  'city-scopes.json': { vi: 'Phạm vi thành phố', en: 'City scopes' },
}

/** Answers the pages of the reference by file name: both languages, no script, nothing loaded from elsewhere. */
export function writeReference(vocabulary: Vocabulary): ReadonlyMap<string, string> {
  const pages = vocabulary.types.map(
    (type) => [`types/${type.name}.html`, typePage(type, vocabulary)] as const,
  )
  return new Map([['index.html', indexPage(vocabulary)], ...pages])
}

function indexPage(vocabulary: Vocabulary): string {
  const { title, namespace, contextUrl, version, release, valueLists } = vocabulary
  const documents = Object.entries(DOCUMENTS).map(
    ([file, text]) => `<li><a href="${file}">${file}</a> ${both(text)}</li>`,
  )
  return page(
    title,
    `<h1>${escapeHtml(title.vi)}</h1>
<p class="en" lang="en">${escapeHtml(title.en)}</p>
<dl>
<dt>Phiên bản – Release</dt><dd>${escapeHtml(version)} (${escapeHtml(release)})</dd>
<dt>Namespace</dt><dd><code>${escapeHtml(namespace)}</code></dd>
<dt>@context</dt><dd><code>${escapeHtml(contextUrl)}</code></dd>
</dl>
<ul class="documents">${documents.join('\n')}</ul>
<h2 id="types">Loại thực thể – Entity types</h2>
<div class="wide"><table><tbody>
${vocabulary.types.map(typeRow).join('\n')}
</tbody></table></div>
<h2 id="attributes">Thuộc tính – Attributes</h2>
<div class="wide"><table><tbody>
${attributeRows(vocabulary).join('\n')}
</tbody></table></div>
<h2 id="value-lists">Danh mục giá trị – Value lists</h2>
${Object.entries(valueLists).map(valueListSection).join('\n')}`,
  )
}

function typeRow({ name, label, definition, deprecated }: TypeDefinition): string {
  const out = deprecated === undefined ? '' : ' ✗'
  return `<tr id="${name}"><th scope="row"><a href="types/${name}.html">${name}</a>${out}</th><td>${both(label)}</td><td>${both(definition)}</td></tr>`
}

function attributeRows({ attributes, types }: Vocabulary): readonly string[] {
  return attributes.map(({ name, label }) => {
    const users = types.filter((type) => type.attributes.some((use) => use.name === name))
    const links = users.map((type) => `<a href="types/${type.name}.html#${name}">${type.name}</a>`)
    return `<tr id="${name}"><th scope="row"><code>${name}</code></th><td>${both(label)}</td><td>${links.join(', ')}</td></tr>`
  })
}

function valueListSection([name, list]: readonly [string, Readonly<Record<string, Text>>]): string {
  const rows = Object.entries(list).map(
    ([value, text]) => `<dt id="${name}.${value}"><code>${value}</code></dt><dd>${both(text)}</dd>`,
  )
  return `<h3 id="list-${name}">${name}</h3>\n<dl>${rows.join('')}</dl>`
}
