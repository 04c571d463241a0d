// Writes a request down for other programs: for curl, for the typed client, and for Python.

import { urlOf } from '/docs/workbench/request.js'
import { typescript } from '/docs/workbench/typescript.js'

/** The languages, in the order in which they are shown. */
export const SNIPPETS = [
  ['url', 'URL', (request, { hub }) => `${hub}${urlOf(request)}`],
  ['curl', 'curl', curl],
  ['typescript', 'TypeScript', typescript],
  ['python', 'Python', python],
]

function curl({ path, parameters, headers }, { hub, isOpen }) {
  const lines = [
    ...(isOpen ? [] : [`-H "Authorization: Bearer $TOKEN"`]),
    ...Object.entries(headers).map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
    ...parameters.map(([name, value]) => `--data-urlencode ${shell(`${name}=${value}`)}`),
  ]
  return [`curl -sS -G ${shell(`${hub}${path}`)}`, ...lines].join(' \\\n  ')
}

/** Nothing in single quotes means anything to a shell but the single quote. */
function shell(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function python({ path, parameters, headers }, { hub, isOpen }) {
  const sent = Object.entries(headers).map(([name, value]) => `    ${text(name)}: ${text(value)},`)
  const token = isOpen ? [] : ['    "Authorization": f"Bearer {os.environ[\'TOKEN\']}",']
  const isJson = /json/.test(headers.Accept)
  return [
    `import json, os`.replace(isJson ? '' : 'json, ', '').replace(isOpen ? ', os' : '', ''),
    'from urllib.parse import urlencode',
    'from urllib.request import Request, urlopen',
    '',
    'parameters = {',
    ...parameters.map(([name, value]) => `    ${text(name)}: ${text(value)},`),
    '}',
    'headers = {',
    ...sent,
    ...token,
    '}',
    `url = ${text(`${hub}${path}?`)} + urlencode(parameters)`,
    'with urlopen(Request(url, headers=headers)) as answer:',
    isJson
      ? '    print(json.dumps(json.load(answer), ensure_ascii=False, indent=2))'
      : '    print(answer.read().decode())',
  ].join('\n')
}

/** A text of JSON is one of Python. */
function text(value) {
  return JSON.stringify(value)
}
