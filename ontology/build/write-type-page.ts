import type { Alignment, AttributeUse, Text, TypeDefinition, Vocabulary } from '../vocabulary.ts'
import { both, escapeHtml, page } from './reference-page.ts'
import { definitionOf } from './uses.ts'
import { exampleEntity } from './write-example.ts'

const CLASSES: Readonly<Record<string, Text>> = {
  none: { vi: 'không', en: 'none' },
  basic: { vi: 'cơ bản', en: 'basic' },
  sensitive: { vi: 'nhạy cảm', en: 'sensitive' },
}

const HEAD = [
  'Thuộc tính / Attribute',
  'Ý nghĩa / Meaning',
  'Giá trị / Value',
  'Số lượng / Number',
  'Dữ liệu cá nhân / Personal data',
  'Tương ứng / Alignment',
]

/** Answers the page of one type: what it says, in both languages, and an example. */
export function typePage(type: TypeDefinition, vocabulary: Vocabulary): string {
  const { name, label, iri, alignment, owner, retention, deprecated, replacedBy } = type
  const example = JSON.stringify(exampleEntity(type, vocabulary), null, 2)
  const instead = replacedBy === undefined ? '' : ` → <a href="${replacedBy}.html">${replacedBy}</a>`
  return page(
    { vi: label.vi, en: name },
    `<p><a href="../index.html#types">${escapeHtml(vocabulary.title.vi)}</a></p>
<h1>${name} – ${escapeHtml(label.vi)}</h1>
${both(type.definition)}
${deprecated === undefined ? '' : `<p><strong>Ngừng dùng – Deprecated (${deprecated})</strong>${instead}</p>`}
<dl>
<dt>IRI</dt><dd><code>${escapeHtml(iri)}</code></dd>
<dt>JSON Schema</dt><dd><a href="../schemas/${name}.json">${name}.json</a></dd>
<dt>Chịu trách nhiệm – Owner</dt><dd>${both(vocabulary.owners[owner] ?? { vi: '', en: owner })}</dd>
<dt>Lưu giữ – Retention</dt><dd>${both(vocabulary.retentionClasses[retention] ?? { vi: '', en: retention })}</dd>
<dt>Tương ứng – Alignment</dt><dd>${alignments(alignment)}</dd>
</dl>
<div class="wide"><table>
<thead><tr>${HEAD.map((text) => `<th scope="col">${text}</th>`).join('')}</tr></thead>
<tbody>
${type.attributes.map((use) => attributeRow(use, vocabulary)).join('\n')}
</tbody>
</table></div>
<h2 id="example">Ví dụ – Example</h2>
<pre><code>${escapeHtml(example)}</code></pre>`,
  )
}

function attributeRow(use: AttributeUse, vocabulary: Vocabulary): string {
  const { name, deprecated, replacedBy, personalData } = use
  const out =
    deprecated === undefined
      ? ''
      : `<br>Ngừng dùng – Deprecated (${deprecated})${replacedBy ? ` → <a href="#${replacedBy}">${replacedBy}</a>` : ''}`
  const cells = [
    `${both(use.definition)}${out}`,
    valueText(use, vocabulary),
    use.cardinality,
    `<span class="${personalData}">${both(CLASSES[personalData] ?? { vi: '', en: '' })}</span>${use.children ? both({ vi: 'có thể về trẻ em', en: 'may be of a child' }) : ''}`,
    alignments(use.alignment),
  ]
  const head = `<th scope="row" id="${name}"><code>${name}</code>${both(use.label)}</th>`
  return `<tr>${head}${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

function valueText(use: AttributeUse, vocabulary: Vocabulary): string {
  const { minimum, maximum, values, target, kinds } = use
  const { unit, shape, value, subAttributes } = definitionOf(use.name, vocabulary)
  const inside = Object.keys(subAttributes)
  const lines = [
    `<code>${kinds.join(' | ')}</code> ${value ?? ''}`,
    values === undefined ? '' : `<a href="../index.html#list-${values}">${values}</a>`,
    unit === undefined ? '' : `${escapeHtml(vocabulary.units[unit] ?? '')} (<code>${unit}</code>)`,
    minimum === undefined ? '' : `${minimum} … ${maximum}`,
    shape === undefined ? '' : `{ ${Object.keys(vocabulary.shapes[shape] ?? {}).join(', ')} }`,
    target ? `→ ${target.map((name) => `<a href="${name}.html">${name}</a>`).join(', ')}` : '',
    inside.length === 0 ? '' : `+ <code>${inside.join(', ')}</code>`,
  ]
  return lines.filter((line) => line !== '').join('<br>')
}

function alignments({ same, sub, close }: Alignment): string {
  const marked = [
    ...same.map((iri) => ['=', iri] as const),
    ...sub.map((iri) => ['⊂', iri] as const),
    ...close.map((iri) => ['≈', iri] as const),
  ]
  return marked.map(([mark, iri]) => `${mark} <code>${escapeHtml(iri)}</code>`).join('<br>')
}
