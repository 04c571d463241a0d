import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { JsonObject, JsonValue } from '../../../ontology/vocabulary.ts'

const ontology = readOntology(packageRoot)
const units = new Map(ontology.administrativeUnits.map((unit) => [String(unit.id), unit]))
const DATA = join(process.env.HUB_TEST_DATA ?? '', 'data', 'thai-nguyen', 'admin-units.csv')
const given = process.env.HUB_TEST_DATA !== undefined && existsSync(DATA)

describe('ontology: administrative units', () => {
  it('has all of the province: its districts and communes, those before and the 92 since', () => {
    const count = (test: (unit: JsonObject) => boolean) => [...units.values()].filter(test).length
    expect(units.size).to.equal(397)
    for (const [city, size] of [
      ['164-until-20250630', 32],
      ['165-20150515', 10],
      ['172-20220410', 18],
    ] as const) {
      expect(count((unit) => object(unit, 'partOf')?.endsWith(`-${city}`) === true)).to.equal(size, city)
    }
    expect(
      count((unit) => value(unit, 'level') === 'commune' && value(unit, 'validTo') === undefined),
    ).to.equal(92)
    expect(count((unit) => value(unit, 'level') === 'district')).to.equal(17)
    expect(count((unit) => value(unit, 'code') === '19')).to.equal(2)
  })

  it('keeps each reused code as two units with names of their own', () => {
    const reused: [code: string, before: string, since: string][] = [
      ['05443', 'Phường Trưng Vương', 'Phường Phan Đình Phùng'],
      ['05455', 'Phường Thịnh Đán', 'Phường Quyết Thắng'],
      ['05467', 'Phường Cam Giá', 'Phường Gia Sàng'],
      ['05710', 'Phường Đồng Bẩm', 'Phường Linh Sơn'],
      ['05533', 'Xã Bá Xuyên', 'Phường Bá Xuyên'],
    ]
    for (const [code, before, since] of reused) {
      expect(nameOf(`vn-19-${code}-until-20250630`)).to.equal(before)
      expect(nameOf(`vn-19-${code}-20250701`)).to.equal(since)
    }
  })

  it('splits Gia Sàng, Cam Giá and Thượng Đình, and no other unit', () => {
    const split = [...units].filter(([, unit]) =>
      links(unit, 'succeededBy').some(({ extent }) => extent === 'partial'),
    )
    expect(split.map(([id]) => short(id))).to.have.members([
      '05461-until-20250630',
      '05467-until-20250630',
      '05932-until-20250630',
    ])
    expect(linksOf('vn-19-05461-until-20250630')).to.deep.equal([
      '05443-20250701 partial',
      '05467-20250701 partial',
    ])
    expect(linksOf('vn-19-05467-until-20250630')).to.deep.equal([
      '05467-20250701 partial',
      '05500-20250701 partial',
    ])
  })

  it('tells the two wards Trung Thành apart', () => {
    expect(linksOf('vn-19-05476-until-20250630')).to.deep.equal(['05500-20250701 full'])
    expect(linksOf('vn-19-05899-until-20250630')).to.deep.equal(['05899-20250701 full'])
  })

  it('leads every link to a unit that links back', () => {
    for (const [id, unit] of units) {
      for (const { target, extent } of links(unit, 'succeededBy')) {
        const back = links(units.get(target) ?? {}, 'predecessor')
        expect(back).to.deep.include({ target: id, extent }, `${id} → ${target}`)
      }
      for (const { target } of links(unit, 'predecessor')) expect(units.has(target)).to.equal(true, target)
      const parent = object(unit, 'partOf')
      if (parent !== undefined) expect(units.has(parent)).to.equal(true, parent)
    }
  })

  it('gives the abolished cities no successor', () => {
    for (const id of ['164-until-20250630', '165-20150515', '172-20220410']) {
      expect(units.get(`urn:ngsi-ld:AdministrativeUnit:vn-19-${id}`)).not.to.have.property('succeededBy')
    }
  })

  const title = given ? '' : 'SKIPPED (HUB_TEST_DATA names no folder with admin-units.csv): '
  it(`${title}agrees with the list of units in codes, names, dates, parents and successors`, function () {
    if (!given) this.skip()
    const rows = parse(readFileSync(DATA), { columns: true }) as Record<string, string>[] // as its columns option says
    expect([...units.values()].map(factsOf).sort()).to.deep.equal(rows.map(factsOfRow).sort())
  })
})

describe('ontology: city scopes', () => {
  const members = (key: string) =>
    links(ontology.cityScopes.find(({ id }) => String(id).endsWith(key)) ?? {}, 'member')

  it('lists the 60 old units until 30 June 2025', () => {
    const sizes = ['thai-nguyen', 'song-cong', 'pho-yen'].map(
      (key) => members(`${key}-until-20250630`).length,
    )
    expect(sizes).to.deep.equal([32, 10, 18])
  })

  it('lists the wards and communes since, those that straddle in part for both', () => {
    const partial = (key: string) =>
      members(`${key}-20250701`)
        .filter(({ extent }) => extent === 'partial')
        .map(({ target }) => short(target))
    expect(partial('thai-nguyen')).to.have.members(['05503-20250701', '05488-20250701'])
    expect(partial('song-cong')).to.deep.equal(['05503-20250701'])
    expect(partial('pho-yen')).to.deep.equal(['05488-20250701'])
    const all = ['thai-nguyen', 'song-cong', 'pho-yen'].flatMap((key) => members(`${key}-20250701`))
    expect(new Set(all.map(({ target }) => target)).size).to.equal(16)
    expect(all.length).to.equal(18)
  })

  it('names only units that exist, and never an old one since the reform', () => {
    for (const { id, member } of ontology.cityScopes) {
      for (const { target } of links({ member } as JsonObject, 'member')) {
        expect(units.has(target)).to.equal(true, target)
        expect(target.includes('until')).to.equal(String(id).includes('until'))
      }
    }
  })
})

function factsOfRow(row: Record<string, string>): string {
  const { code, name_vi, name_en, level, parent_code, valid_from, valid_to, successor_code = '' } = row
  const successors = successor_code.split('|').sort().join('|')
  return [
    code,
    name_vi,
    name_en,
    level,
    parent_code === 'VN' ? '' : parent_code,
    valid_from,
    valid_to,
    successors,
  ].join(';')
}

function factsOf(unit: JsonObject): string {
  const { vi, en } = languageMap(unit)
  const parent = value(units.get(object(unit, 'partOf') ?? '') ?? {}, 'code')
  const successors = links(unit, 'succeededBy')
    .map(
      ({ target, extent }) => `${value(units.get(target) ?? {}, 'code')}${extent === 'partial' ? '*' : ''}`,
    )
    .sort()
    .join('|')
  const dates = [value(unit, 'validFrom'), value(unit, 'validTo')]
  return [value(unit, 'code'), vi, en, value(unit, 'level'), parent, ...dates, successors]
    .map((one) => one ?? '')
    .join(';')
}

function links(unit: JsonObject, name: string): { target: string; extent: JsonValue | undefined }[] {
  const instances = [unit[name] ?? []].flat() as JsonObject[] // one instance or several
  return instances.flatMap((instance) =>
    [instance.object ?? []]
      .flat()
      .map((target) => ({ target: String(target), extent: value(instance, 'extent') })),
  )
}

function linksOf(id: string): string[] {
  const unit = units.get(`urn:ngsi-ld:AdministrativeUnit:${id}`) ?? {}
  return links(unit, 'succeededBy').map(({ target, extent }) => `${short(target)} ${extent}`)
}

function value(unit: JsonObject, name: string): JsonValue | undefined {
  return (unit[name] as JsonObject | undefined)?.value
}

function object(unit: JsonObject, name: string): string | undefined {
  const target = (unit[name] as JsonObject | undefined)?.object
  return typeof target === 'string' ? target : undefined
}

function languageMap(unit: JsonObject): JsonObject {
  return (unit.name as JsonObject).languageMap as JsonObject // every unit has a LanguageProperty as its name
}

function nameOf(id: string): JsonValue | undefined {
  return languageMap(units.get(`urn:ngsi-ld:AdministrativeUnit:${id}`) ?? { name: { languageMap: {} } }).vi
}

function short(id: string): string {
  return id.replace('urn:ngsi-ld:AdministrativeUnit:vn-19-', '')
}
