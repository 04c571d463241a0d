import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { flatRecord } from '../../../adapters/kit/values/flat-record.ts'
import type { Json } from '../../../adapters/kit/values/json.ts'
import { DecisionFault } from '../../../adapters/onboarding/decision-fault.ts'
import { mappingOf } from '../../../adapters/onboarding/mapping-of.ts'
import {
  type Decisions,
  type Proposal,
  proposeMapping,
} from '../../../adapters/onboarding/propose-mapping.ts'
import { scanLabelled } from '../../../security/masking/scan-labelled.ts'

/** Part that a field is proposed as: an attribute with its unit, `time`, `place`, `personal`, `?attribute` where unsure, `-` for none. */
type Expected = Readonly<Record<string, string>>

function propose(records: readonly Json[], hints: readonly string[], decisions: Decisions = {}): Proposal {
  const pointsToPerson = (text: string, field: string): boolean => scanLabelled(text, field) !== text
  return proposeMapping({ records: records.map(flatRecord), hints, pointsToPerson }, decisions)
}

function table(text: string): readonly Json[] {
  return parse(text.trim(), { columns: true, delimiter: ';', trim: true }) as Json[]
}

function partsOf({ fields }: Proposal): Expected {
  return Object.fromEntries(
    fields.map(({ field, part, column }) => {
      const unit = column?.unit === undefined ? '' : ` ${column.unit}`
      const named = `${column?.attribute ?? ''}${unit}`
      return [
        field,
        {
          attribute: named,
          unsure: `?${named}`,
          none: '-',
          time: 'time',
          place: 'place',
          personal: 'personal',
        }[part],
      ]
    }),
  )
}

interface Case {
  readonly title: string
  readonly hints: readonly string[]
  readonly records: readonly Json[]
  readonly type: string
  readonly key: string
  readonly fields: Expected
}

const CASES: readonly Case[] = [
  {
    title: 'a table of air stations, with units in its header',
    hints: ['quan-trac-khong-khi-2025.csv'],
    records: table(`
Mã trạm;Tên trạm;Thời gian;PM2.5 (µg/m³);PM10 (µg/m3);SO2 (mg/m³);Nhiệt độ (°C);Độ ẩm (%);Tốc độ gió (km/h);Ghi chú
KK01;Trạm Tân Lập;15/11/2025 08:00;41,3;60,1;0,012;24,5;71;7,2;
KK02;Trạm Mỏ Bạch;15/11/2025 08:00;38;55,4;0,010;24,1;73;5,4;`),
    type: 'AirQualityObserved',
    key: 'Mã trạm',
    fields: {
      'Mã trạm': 'stationCode',
      'Tên trạm': 'name',
      'Thời gian': 'time',
      'PM2.5 (µg/m³)': 'pm25',
      'PM10 (µg/m3)': 'pm10',
      'SO2 (mg/m³)': 'so2 mg/m³',
      'Nhiệt độ (°C)': 'temperature',
      'Độ ẩm (%)': 'relativeHumidity %',
      'Tốc độ gió (km/h)': 'windSpeed km/h',
      'Ghi chú': '?description',
    },
  },
  {
    title: 'parking by a JSON API in English, with its place',
    hints: ['api.parking.example', 'lots'],
    records: [
      {
        lot_id: 'P-01',
        name: 'Bãi đỗ xe Trung tâm',
        total: 120,
        free: 14,
        position: { lat: 21.594, lng: 105.848 },
        updated_at: 1763170260,
      },
      {
        lot_id: 'P-02',
        name: 'Bãi đỗ xe Đồng Quang',
        total: 80,
        free: 0,
        position: { lat: 21.589, lng: 105.832 },
        updated_at: 1763170320,
      },
    ],
    type: 'OffStreetParking',
    key: 'lot_id',
    fields: {
      lot_id: '-',
      name: 'name',
      total: 'totalSpotNumber',
      free: 'availableSpotNumber',
      'position.lat': 'place',
      'position.lng': 'place',
      updated_at: 'time',
    },
  },
  {
    title: 'waste containers in JSON without marks, with an Vietnamese waste kind',
    hints: ['thung-rac'],
    records: [
      {
        ma: 'TC-01',
        ten: 'Chợ Thái',
        muc_day: 72,
        dung_tich_lit: 660,
        loai_rac: 'Hữu cơ',
        vi_do: 21.59,
        kinh_do: 105.84,
        luc: '2025-11-15T08:30:00+07:00',
      },
      {
        ma: 'TC-02',
        ten: 'Bến xe',
        muc_day: 15,
        dung_tich_lit: 240,
        loai_rac: 'Nhựa',
        vi_do: 21.58,
        kinh_do: 105.83,
        luc: '2025-11-15T08:31:00+07:00',
      },
    ],
    type: 'WasteContainer',
    key: 'ma',
    fields: {
      ma: '-',
      ten: 'name',
      muc_day: 'fillingLevel %',
      dung_tich_lit: 'containerCapacity',
      loai_rac: 'wasteKind',
      vi_do: 'place',
      kinh_do: 'place',
      luc: 'time',
    },
  },
  {
    title: 'river levels in capitals, with thresholds that are none of what they limit',
    hints: ['MUC_NUOC_SONG_CAU.csv'],
    records: table(`
MA_TRAM;TEN_TRAM;NGAY;GIO;MUC_NUOC_CM;LUU_LUONG_M3/S;NGUONG_MUC_NUOC;TRIEU
GB;Gia Bảy;15/11/2025;07:00;2210;45,5;2500;x
CH;Chã;15/11/2025;07:00;480;61;700;x`),
    type: 'WaterLevelObserved',
    key: 'MA_TRAM',
    fields: {
      MA_TRAM: 'stationCode',
      TEN_TRAM: 'name',
      NGAY: 'time',
      GIO: 'time',
      MUC_NUOC_CM: 'waterLevel CM',
      'LUU_LUONG_M3/S': 'flow M3/S',
      NGUONG_MUC_NUOC: '-',
      TRIEU: '-',
    },
  },
  {
    title: 'trucks weighed at the landfill, whose drivers and plates are of persons',
    hints: ['can-xe-thang-11.xlsx'],
    records: table(`
So phieu;Ngay;Gio;Bien so;Lai xe;Loai rac;KL tong (tấn);KL bi (tấn);KL hang (tấn)
PC-0001;15/11/2025;05:42;20C-000.01;Nguyễn Văn An;Chất thải sinh hoạt;14,560;8,120;6,440
PC-0002;15/11/2025;06:10;20C-000.02;Trần Văn Bình;Xây dựng;21,300;9,800;11,500`),
    type: 'WasteObserved',
    key: 'So phieu',
    fields: {
      'So phieu': '-',
      Ngay: 'time',
      Gio: 'time',
      'Bien so': 'personal',
      'Lai xe': 'personal',
      'Loai rac': 'wasteKind',
      'KL tong (tấn)': 'grossWeight t',
      'KL bi (tấn)': 'tareWeight t',
      'KL hang (tấn)': 'netWeight t',
    },
  },
  {
    title: 'rain gauges on a grid of VN-2000, with marks of thousands',
    hints: ['mua'],
    records: table(`
Ký hiệu;Trạm;Toạ độ X;Toạ độ Y;Giờ đo;Lượng mưa (mm);Lượng mưa lớn nhất (mm)
M01;Định Hóa;428.571,2;2.389.120,5;2025-11-15 19:00;12,5;40,1
M02;Võ Nhai;451.020,7;2.401.877,1;2025-11-15 19:00;0;31`),
    type: 'RainfallObserved',
    key: 'Ký hiệu',
    fields: {
      'Ký hiệu': '-',
      Trạm: '?stationCode',
      'Toạ độ X': 'place',
      'Toạ độ Y': 'place',
      'Giờ đo': 'time',
      'Lượng mưa (mm)': 'precipitation',
      'Lượng mưa lớn nhất (mm)': '-',
    },
  },
  {
    title: 'noise in English, where a concentration has another unit than what is like it',
    hints: ['noise_export.csv'],
    records: table(`
station_id;observed_at;LAeq (dB);LAmax (dB);pm25 (ppm);temperature_f
N1;2025-11-15T01:00:00Z;61.5;80.2;0.04;71
N2;2025-11-15T01:00:00Z;58.0;77.9;0.03;70`),
    type: 'NoiseLevelObserved',
    key: 'station_id',
    fields: {
      station_id: 'stationCode',
      observed_at: 'time',
      'LAeq (dB)': 'equivalentLevel',
      'LAmax (dB)': 'maximumLevel',
      'pm25 (ppm)': '-',
      temperature_f: '-',
    },
  },
  {
    title: 'readings of households: nothing of persons, not even the birthday that is a time',
    hints: ['dong-ho-nuoc.csv'],
    records: table(`
STT;Số đồng hồ;Họ và tên;Ngày sinh;CCCD;Điện thoại;Ngày ghi;Chỉ số;Phường/Xã
1;000123;Nguyễn Văn An;02/09/1980;019080000001;0900 000 000;15/11/2025;482,31;Phường Phan Đình Phùng
2;000124;Trần Thị Bình;13/01/1975;019175000002;0900 000 001;15/11/2025;1204,5;Phường Quan Triều`),
    type: 'WaterConsumptionObserved',
    key: 'Số đồng hồ',
    fields: {
      STT: '-',
      'Số đồng hồ': '-',
      'Họ và tên': 'personal',
      'Ngày sinh': 'personal',
      CCCD: 'personal',
      'Điện thoại': 'personal',
      'Ngày ghi': 'time',
      'Chỉ số': 'personal',
      'Phường/Xã': 'refAdministrativeUnit',
    },
  },
]

describe('proposed mapping', () => {
  it('says how sure each part is, and why', () => {
    const { records, hints } = CASES[2] as Case // it is there
    const proposal = propose(records, hints)
    const of = (name: string) => proposal.fields.find(({ field }) => field === name)
    expect(of('ten')).to.deep.include({ confidence: 0.97, reasons: ['is called “Tên”'] })
    expect(of('muc_day')?.reasons).to.deep.equal(['is called “Mức đầy”', 'values up to 72: taken as %'])
    expect(of('ma')).to.deep.include({ isKey: true, confidence: 0.96 })
    expect(of('loai_rac')?.reasons).to.include('all values are of its list')
    expect(proposal.types[0]?.confidence).to.be.greaterThan(0.8)
  })

  it('does not let a few spoilt records hide what the others are', () => {
    const records = Array.from({ length: 10 }, (_, at) => ({
      maTram: at === 3 ? '' : `T${at}`,
      thoiGian: at === 4 ? 'hôm qua' : `15/11/2025 0${at}:00`,
      mucNuoc: at === 5 ? 'hỏng' : 1.5 + at,
    }))
    const proposal = propose(records, [])
    expect(proposal.type.name).to.equal('WaterLevelObserved')
    expect(partsOf(proposal)).to.deep.equal({
      maTram: 'stationCode',
      thoiGian: 'time',
      mucNuoc: 'waterLevel',
    })
    expect(proposal.key?.confidence).to.be.within(0.7, 0.9)
  })

  it('is not sure of a type that the fields do not tell', () => {
    const { types, key } = propose([{ a: 1, b: 'x' }], ['data'])
    expect(types[0]?.confidence).to.be.lessThan(0.65)
    expect(key).to.equal(undefined)
  })

  it('does what is said, also with what is of persons', () => {
    const records = [
      { ma: 'A1', dien_thoai: '0900 000 000', noi_dung: 'Đèn hỏng', luc: '2025-11-15T08:00:00' },
    ]
    const type = 'ServiceRequest'
    expect(partsOf(propose(records, [], { type }))).to.include({ dien_thoai: 'personal' })
    const columns = { dien_thoai: 'reporterPhone', luc: 'requestedAt' }
    const said = propose(records, [], { type, columns })
    expect(partsOf(said)).to.include({ dien_thoai: 'reporterPhone', luc: 'requestedAt' })
    expect(mappingOf(said)).to.deep.include({ type, id: '$' + '{city}:{ma}' })
    expect(() => propose(records, [], { type, columns: { luc: 'waterLevel' } })).to.throw(
      DecisionFault,
      /^Type ServiceRequest has no attribute waterLevel$/,
    )
    expect(() => propose(records, [], { type, columns: { noi_dung: 'requestedAt' } })).to.throw(
      /cannot be requestedAt$/,
    )
    expect(() => mappingOf(propose([{ x: 1.5 }], [], { type }))).to.throw(/--key/)
  })

  for (const { title, hints, records, type, key, fields } of CASES)
    it(`reads ${title}`, () => {
      const proposal = propose(records, hints)
      expect(proposal.type.name).to.equal(type)
      expect(proposal.key?.fields.map(({ field }) => field)).to.deep.equal([key])
      expect(partsOf(proposal)).to.deep.equal(fields)
    })
})
