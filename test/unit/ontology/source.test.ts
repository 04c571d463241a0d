import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { differences } from '../../../ontology/build/differences.ts'
import { generate } from '../../../ontology/build/generate.ts'
import { SourceError } from '../../../ontology/build/source-file.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const SOURCE = join(packageRoot, 'ontology', 'source')

describe('ontology: source', () => {
  let folder = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ontology-'))
    cpSync(SOURCE, folder, { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('generates what is committed, byte for byte', () => {
    expect(differences(generate(SOURCE), join(packageRoot, 'ontology', 'generated'))).to.deep.equal([])
  })

  it('tells which files differ, are missing or left over', () => {
    const files = new Map([...generate(SOURCE)].slice(1))
    files.set('v1/index.html', 'other')
    files.set('v1/new.json', '{}')
    const left = ['v1/context.jsonld', 'v1/index.html', 'v1/new.json']
    expect(differences(files, join(packageRoot, 'ontology', 'generated'))).to.deep.equal(left)
  })

  it('writes a reference page that loads nothing and states both languages', () => {
    const page = generate(SOURCE).get('v1/index.html') ?? ''
    expect(page).to.include('Bụi PM2.5').and.include('Particles'.toLowerCase())
    expect(page).not.to.match(/<script|<link|<img|src=|url\(/)
  })

  /** `line` is the text of the line that the refusal points to. */
  const faults: { title: string; file: string; from: string; to: string; fault: string; line: string }[] = [
    {
      title: 'an attribute without class of personal data',
      file: 'air-quality-observed.yaml',
      from: 'range: [0, 10000]\n    personalData: none\n',
      to: 'range: [0, 10000]\n',
      fault: 'Attribute pm25 has no personalData',
      line: 'pm25:',
    },
    {
      title: 'a shared attribute without class of personal data',
      file: 'common.yaml',
      from: 'personalData: none\n    label: { vi: Tên, en: Name }',
      to: 'label: { vi: Tên, en: Name }',
      fault: 'Attribute name has no personalData',
      line: 'name:',
    },
    {
      title: 'a class that the law does not have',
      file: 'service-request.yaml',
      from: 'personalData: sensitive',
      to: 'personalData: secret',
      fault: 'Attribute location must be one of none, basic, sensitive at personalData',
      line: 'personalData: secret',
    },
    {
      title: 'an attribute that two types define',
      file: 'weather-observed.yaml',
      from: '  gustSpeed:',
      to: '  pm25:',
      fault: 'Attribute pm25 is defined in air-quality-observed.yaml too; share it in common.yaml',
      line: 'pm25:',
    },
    {
      title: 'a label in one language',
      file: 'device.yaml',
      from: 'vi: Số sê-ri, en: Serial number }',
      to: 'vi: Số sê-ri }',
      fault: 'Attribute serialNumber has no en at label',
      line: 'label: { vi: Số sê-ri }',
    },
    {
      title: 'an unknown unit',
      file: 'device.yaml',
      from: 'unit: C62',
      to: 'unit: XX',
      fault: 'Attribute batteryLevel has the unknown unit XX',
      line: 'unit: XX',
    },
    {
      title: 'an unknown value list',
      file: 'device.yaml',
      from: 'status: { values: DeviceStatus }',
      to: 'status: { values: Other }',
      fault: 'Attribute status has the unknown list Other',
      line: 'status: { values: Other }',
    },
    {
      title: 'an unknown member',
      file: 'device.yaml',
      from: '    cardinality',
      to: '    valeu: string\n    cardinality',
      fault: 'Attribute controlledProperty has an unknown member valeu',
      line: 'controlledProperty:',
    },
    {
      title: 'an unknown target',
      file: 'common.yaml',
      from: 'target: [Device]',
      to: 'target: [Gadget]',
      fault: 'Attribute refDevice refers to Gadget, which is not defined',
      line: 'refDevice:',
    },
    {
      title: 'a successor that was not valid then',
      file: 'administrative-units.yaml',
      from: "succeededBy: { '05482': full }",
      to: "succeededBy: { '05485': full }",
      fault: 'Code 05485 names 0 units on 2025-07-01',
      line: 'groups:',
    },
    {
      title: 'a file that is no YAML',
      file: 'device.yaml',
      from: 'type: Device',
      to: 'type: [Device',
      fault: '',
      line: 'label: { vi: Thiết bị, en: Device }',
    },
  ]
  for (const { title, file, from, to, fault, line } of faults) {
    it(`refuses ${title}, with file and line`, () => {
      const lines = replace(join(folder, file), from, to).split('\n')
      const text = refusal(folder)
      expect(text.replace(/:\d+:/, ':')).to.include(`${file}: ${fault}`)
      expect(lines[Number(/:(\d+):/.exec(text)?.[1]) - 1]?.trim()).to.equal(line)
    })
  }
})

function replace(path: string, from: string, to: string): string {
  const text = readFileSync(path, 'utf8')
  expect(text).to.include(from)
  const next = text.replace(from, to)
  writeFileSync(path, next)
  return next
}

function refusal(folder: string): string {
  try {
    generate(folder)
  } catch (error) {
    if (error instanceof SourceError) return error.message
    throw error
  }
  return 'nothing was refused'
}
