import type {
  Alignment,
  AttributeDefinition,
  AttributeUse,
  Text,
  TypeDefinition,
  Vocabulary,
} from '../vocabulary.ts'

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: light-dark(#0b5c8a, #7cc4ee); }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: 1rem 1.5rem 4rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 3rem; border-bottom: 2px solid var(--accent); } a { color: var(--accent); }
.vi { display: block; } .en { display: block; opacity: .75; } nav { columns: 14rem; } nav a { display: block; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { background: var(--soft); } code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.basic, .sensitive { border-radius: .3rem; padding: 0 .4rem; color: #fff; background: #8a5a00; } .sensitive { background: #a01818; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dd { margin: 0; }
`

const CLASSES: Readonly<Record<string, Text>> = {
  none: { vi: 'không', en: 'none' },
  basic: { vi: 'cơ bản', en: 'basic' },
  sensitive: { vi: 'nhạy cảm', en: 'sensitive' },
}

/** Answers the reference page of a vocabulary: both languages, no script, nothing loaded from elsewhere. */
export function writeReference(vocabulary: Vocabulary): string {
  const { title, types, attributes, valueLists, contextUrl, namespace, version } = vocabulary
  const byName = new Map(attributes.map((attribute) => [attribute.name, attribute]))
  return `<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title.vi)} – ${escapeHtml(title.en)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title.vi)}</h1>
<p class="en">${escapeHtml(title.en)}, ${escapeHtml(version)}</p>
<dl>
<dt>Namespace</dt><dd><code>${escapeHtml(namespace)}</code></dd>
<dt>@context</dt><dd><a href="context.jsonld"><code>${escapeHtml(contextUrl)}</code></a></dd>
<dt>JSON</dt><dd><a href="vocabulary.json">vocabulary.json</a>, <a href="administrative-units.json">administrative-units.json</a>, <a href="city-scopes.json">city-scopes.json</a></dd>
</dl>
<nav aria-label="Types">
${types.map(({ name, label }) => `<a href="#${name}">${name} – ${escapeHtml(label.vi)}</a>`).join('\n')}
<a href="#value-lists">Danh mục giá trị – Value lists</a>
</nav>
${types.map((type) => typeSection(type, byName, vocabulary)).join('\n')}
<section id="value-lists">
<h2>Danh mục giá trị – Value lists</h2>
${Object.entries(valueLists).map(valueListSection).join('\n')}
</section>
</body>
</html>
`
}

function typeSection(
  type: TypeDefinition,
  byName: ReadonlyMap<string, AttributeDefinition>,
  vocabulary: Vocabulary,
): string {
  const head = [
    'Thuộc tính / Attribute',
    'Ý nghĩa / Meaning',
    'Giá trị / Value',
    'Số lượng / Number',
    'Dữ liệu cá nhân / Personal data',
    'Tương ứng / Alignment',
  ]
  return `<section id="${type.name}">
<h2>${type.name} – ${escapeHtml(type.label.vi)}</h2>
<p>${both(type.definition)}</p>
<p><code>${escapeHtml(type.iri)}</code> · <a href="schemas/${type.name}.json">JSON Schema</a> · ${alignments(type.alignment)}</p>
<div class="wide"><table>
<thead><tr>${head.map((text) => `<th scope="col">${text}</th>`).join('')}</tr></thead>
<tbody>
${type.attributes.map((use) => attributeRow(type, use, byName.get(use.name), vocabulary)).join('\n')}
</tbody>
</table></div>
</section>`
}

function attributeRow(
  type: TypeDefinition,
  use: AttributeUse,
  definition: AttributeDefinition | undefined,
  vocabulary: Vocabulary,
): string {
  const cells = [
    both(use.definition),
    valueText(use, definition, vocabulary),
    use.cardinality,
    `<span class="${use.personalData}">${both(CLASSES[use.personalData] ?? { vi: '', en: '' })}</span>`,
    alignments(use.alignment),
  ]
  const name = `<th scope="row" id="${type.name}.${use.name}"><code>${use.name}</code>${both(use.label)}</th>`
  return `<tr>${name}${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

function valueText(
  use: AttributeUse,
  definition: AttributeDefinition | undefined,
  { units, shapes }: Vocabulary,
): string {
  const { minimum, maximum, values, target, kinds } = use
  const unit = definition?.unit
  const shape = definition?.shape
  const sub = Object.keys(definition?.subAttributes ?? {})
  const lines = [
    `<code>${kinds.join(' | ')}</code> ${definition?.value ?? ''}`,
    values !== undefined ? `<a href="#list-${values}">${values}</a>` : '',
    unit !== undefined ? `${escapeHtml(units[unit] ?? '')} (<code>${unit}</code>)` : '',
    minimum !== undefined && maximum !== undefined ? `${minimum} … ${maximum}` : '',
    shape !== undefined ? `{ ${Object.keys(shapes[shape] ?? {}).join(', ')} }` : '',
    target ? `→ ${target.map((name) => `<a href="#${name}">${name}</a>`).join(', ')}` : '',
    sub.length > 0 ? `+ <code>${sub.join(', ')}</code>` : '',
  ]
  return lines.filter((line) => line !== '').join('<br>')
}

function valueListSection([name, list]: readonly [string, Readonly<Record<string, Text>>]): string {
  const rows = Object.entries(list).map(
    ([value, text]) => `<dt><code>${value}</code></dt><dd>${both(text)}</dd>`,
  )
  return `<h3 id="list-${name}">${name}</h3>\n<dl>${rows.join('')}</dl>`
}

function both({ vi, en }: Text): string {
  return `<span class="vi">${escapeHtml(vi)}</span><span class="en" lang="en">${escapeHtml(en)}</span>`
}

function alignments({ same, sub, close }: Alignment): string {
  return [...same, ...sub, ...close].map((iri) => `<code>${escapeHtml(iri)}</code>`).join('<br>')
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
