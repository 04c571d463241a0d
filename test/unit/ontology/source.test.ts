import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { resolveUnits } from '../../../ontology/build/administrative-units.ts'
import { differences } from '../../../ontology/build/differences.ts'
import { generate } from '../../../ontology/build/generate.ts'
import { openIn, readSource } from '../../../ontology/build/read-source.ts'
import { resolve } from '../../../ontology/build/resolve.ts'
import { SourceError, SourceFile } from '../../../ontology/build/source-file.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const SOURCE = join(packageRoot, 'ontology', 'source')

describe('ontology: source', () => {
  const files = generate(SOURCE)

  it('generates what is committed, byte for byte', () => {
    expect(differences(files, join(packageRoot, 'ontology', 'generated'))).to.deep.equal([])
  })

  it('tells which files differ, are missing or left over', () => {
    const others = new Map(files)
    others.delete('v1/context.jsonld')
    others.set('v1/index.html', 'other')
    others.set('v1/new.json', '{}')
    const left = ['v1/context.jsonld', 'v1/index.html', 'v1/new.json']
    expect(differences(others, join(packageRoot, 'ontology', 'generated'))).to.deep.equal(left)
  })

  it('writes a reference page that loads nothing and states both languages', () => {
    const page = files.get('v1/index.html') ?? ''
    expect(page).to.include('Bụi PM2.5').and.include('Particles'.toLowerCase())
    expect(page).not.to.match(/<script|<link|<img|src=|url\(/)
  })

  it('takes what a type is about from its folder, which has to be a domain', () => {
    expect(files.get('v1/vocabulary.json')).to.match(
      /"name":"AirQualityObserved"[^\n]*"domain":"environment"/,
    )
    const without = replaced('common.yaml', '  alerts: { vi: Cảnh báo, en: Alerts }\n', '')
    expect(refusal('common.yaml', without))
      .to.match(/^alerts\/alert\.yaml:\d+: /)
      .and.include('Type is of the unknown domain alerts')
  })

  /** `line` is the text of the line that the refusal points to. */
  const faults: { title: string; file: string; from: string; to: string; fault: string; line: string }[] = [
    {
      title: 'an attribute without class of personal data',
      file: 'citizens/service-request.yaml',
      from: "cardinality: '1'\n    personalData: none\n",
      to: "cardinality: '1'\n",
      fault: 'Attribute requestCode has no personalData',
      line: 'requestCode:',
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
      file: 'citizens/service-request.yaml',
      from: 'personalData: sensitive',
      to: 'personalData: secret',
      fault: 'Attribute location must be one of none, basic, sensitive at personalData',
      line: 'personalData: secret',
    },
    {
      title: 'an attribute that two types define',
      file: 'weather/weather-observed.yaml',
      from: '  dewPoint:',
      to: '  pm25:',
      fault:
        'Attribute pm25 is defined in environment/air-quality-observed.yaml too; share it in common.yaml',
      line: 'pm25:',
    },
    {
      title: 'a label in one language',
      file: 'devices/device.yaml',
      from: 'label: { vi: Mẫu thiết bị, en: Device model }',
      to: 'label: { vi: Mẫu thiết bị }',
      fault: 'Attribute refDeviceModel has no en at label',
      line: 'label: { vi: Mẫu thiết bị }',
    },
    {
      title: 'an unknown unit',
      file: 'devices/device.yaml',
      from: 'unit: C62',
      to: 'unit: XX',
      fault: 'Attribute batteryLevel has the unknown unit XX',
      line: 'unit: XX',
    },
    {
      title: 'an unknown value list',
      file: 'devices/device.yaml',
      from: 'status: { values: DeviceStatus }',
      to: 'status: { values: Other }',
      fault: 'Attribute status has the unknown list Other',
      line: 'status: { values: Other }',
    },
    {
      title: 'an unknown member',
      file: 'devices/device.yaml',
      from: '    cardinality',
      to: '    valeu: string\n    cardinality',
      fault: 'Attribute controlledAsset has an unknown member valeu',
      line: 'controlledAsset:',
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
      title: 'an attribute of persons that nobody says how long to keep',
      file: 'citizens/service-request.yaml',
      from: 'personalData: sensitive\n    retention: personal\n',
      to: 'personalData: sensitive\n',
      fault: 'Attribute location is of persons and has no retention',
      line: 'location:',
    },
    {
      title: 'an unknown owner',
      file: 'traffic/road.yaml',
      from: 'owner: transport',
      to: 'owner: nobody',
      fault: 'Type has the unknown owner nobody',
      line: 'owner: nobody',
    },
    {
      title: 'an unknown form',
      file: 'traffic/road.yaml',
      from: 'form: text',
      to: 'form: verse',
      fault: 'Attribute roadCode has the unknown form verse',
      line: 'form: verse',
    },
    {
      title: 'a name of another vocabulary for two things',
      file: 'devices/device.yaml',
      from: 'synonyms: [ipAddress,',
      to: 'synonyms: [rssi,',
      fault: 'rssi means both rssi and networkAddress on Device',
      line: 'type: Device',
    },
    {
      title: 'a file that is no YAML',
      file: 'devices/device.yaml',
      from: 'type: Device',
      to: 'type: [Device',
      fault: '',
      line: 'label: { vi: Thiết bị, en: Device }',
    },
  ]
  for (const { title, file, from, to, fault, line } of faults) {
    it(`refuses ${title}, with file and line`, () => {
      const changed = replaced(file, from, to)
      const lines = changed.split('\n')
      const text = refusal(file, changed)
      expect(text.replace(/:\d+:/, ':')).to.include(`${file}: ${fault}`)
      expect(lines[Number(/:(\d+):/.exec(text)?.[1]) - 1]?.trim()).to.equal(line)
    })
  }
})

const openFile = openIn(SOURCE)
const opened = new Map<string, SourceFile>()

function replaced(file: string, from: string, to: string): string {
  const text = readFileSync(join(SOURCE, file), 'utf8')
  expect(text).to.include(from)
  return text.replace(from, to)
}

/** What is said of the source with another text of one file. */
function refusal(changed: string, text: string): string {
  try {
    const source = readSource(SOURCE, (name) =>
      name === changed ? new SourceFile(name, text) : unchanged(name),
    )
    resolve(source)
    resolveUnits(source)
  } catch (error) {
    if (error instanceof SourceError) return error.message
    throw error
  }
  return 'nothing was refused'
}

function unchanged(name: string): SourceFile {
  const file = opened.get(name) ?? openFile(name)
  opened.set(name, file)
  return file
}
