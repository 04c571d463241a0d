/**
 * What the tables and APIs of agencies call things, besides the names, labels and synonyms of the ontology: words without marks, and the
 * attributes that they are, of which a type has one.
 */
export const HEADER_WORDS: Readonly<Record<string, readonly string[]>> = {
  ten: ['name'],
  'ten tram': ['name'],
  'ten diem': ['name'],
  'ten bai do': ['name'],
  'ten bai': ['name'],
  'ten thung': ['name'],
  'ten tuyen': ['name'],
  title: ['name'],
  geometry: ['location', 'extent'],
  geom: ['location', 'extent'],
  'the geom': ['location', 'extent'],
  'dia diem': ['address'],
  addr: ['address'],
  'vi tri lap dat': ['address'],
  station: ['stationCode'],
  'station id': ['stationCode'],
  'ma tram do': ['stationCode'],
  serial: ['serialNumber'],
  imei: ['serialNumber'],
  'nhiet do khong khi': ['temperature'],
  temp: ['temperature'],
  'do am': ['relativeHumidity'],
  rh: ['relativeHumidity'],
  'toc do gio': ['windSpeed'],
  'luong mua': ['precipitation'],
  mua: ['precipitation'],
  rain: ['precipitation'],
  'ap suat': ['atmosphericPressure'],
  pressure: ['atmosphericPressure', 'waterPressure'],
  aqi: ['airQualityIndex'],
  level: ['waterLevel', 'fillingLevel'],
  p: ['totalActivePower'],
  q: ['totalReactivePower'],
  'muc nuoc': ['waterLevel', 'floodDepth'],
  'do ngap': ['floodDepth'],
  'luu luong': ['flow', 'intensity'],
  laeq: ['equivalentLevel'],
  'do on': ['equivalentLevel'],
  'muc on': ['equivalentLevel'],
  lamax: ['maximumLevel'],
  'tong cho': ['totalSpotNumber'],
  'suc chua': ['totalSpotNumber', 'peopleCapacity', 'containerCapacity'],
  total: ['totalSpotNumber'],
  'cho trong': ['availableSpotNumber'],
  'con trong': ['availableSpotNumber'],
  free: ['availableSpotNumber'],
  'da do': ['occupiedSpotNumber'],
  'muc day': ['fillingLevel'],
  'do day': ['fillingLevel'],
  fill: ['fillingLevel'],
  'fill level': ['fillingLevel'],
  'dung tich': ['containerCapacity'],
  'lan thu gom cuoi': ['emptiedAt'],
  'thu gom luc': ['emptiedAt'],
  'loai rac': ['wasteKind'],
  'loai chat thai': ['wasteKind'],
  'khoi luong': ['netWeight', 'cargoWeight'],
  'kl tong': ['grossWeight'],
  'kl bi': ['tareWeight'],
  'kl hang': ['netWeight'],
  pin: ['batteryLevel'],
  battery: ['batteryLevel'],
  rssi: ['rssi'],
  'cong suat': ['totalActivePower', 'powerConsumption', 'ratedPower'],
  'dien nang': ['activeEnergyImport', 'energyConsumed'],
  'dien ap': ['voltage'],
  'chi so': ['meterReading'],
  'chi so dong ho': ['meterReading'],
  'tieu thu': ['waterConsumption', 'totalConsumption'],
  'so xe': ['intensity'],
  'toc do': ['averageVehicleSpeed'],
  'do duc': ['turbidity'],
  'clo du': ['freeChlorine'],
  'trang thai': ['status'],
  'tinh trang': ['status'],
  state: ['status'],
  'xa phuong': ['refAdministrativeUnit'],
  xa: ['refAdministrativeUnit'],
  phuong: ['refAdministrativeUnit'],
  'phuong xa': ['refAdministrativeUnit'],
  'ma xa': ['refAdministrativeUnit'],
  'ma dvhc': ['refAdministrativeUnit'],
  'dia ban': ['refAdministrativeUnit'],
  ward: ['refAdministrativeUnit'],
  commune: ['refAdministrativeUnit'],
  'mo ta': ['description'],
  'noi dung': ['description'],
  'ghi chu': ['description'],
  note: ['description'],
}

/** Words that make another quantity of one: a limit is none of what it limits. */
export const OTHER_QUANTITY = new Set(
  'max min lon nhat nho cao thap nguong gioi han canh bao quy chuan tieu chuan qcvn sai so do lech tich luy ke hoach muc tieu threshold limit target avg trung binh'.split(
    ' ',
  ),
)

/** Words that add nothing to what a field is. */
export const FILLERS = new Set(
  'so do gia tri hien tai khong khi chi lan muc tai cua the of current value now measured thuc te'.split(' '),
)

/** Words of fields that say when a record was observed. */
export const TIMES = new Set(
  'thoi gian thoi diem ngay gio luc ngaygio thoigian time timestamp date datetime ts measured observed updated recorded at when cap nhat do quan trac ghi nhan ky thang'.split(
    ' ',
  ),
)

/** Words of fields that name a thing. */
export const KEYS = [
  'ma',
  'id',
  'code',
  'key',
  'uuid',
  'so hieu',
  'ky hieu',
  'eui',
  'deveui',
  'serial',
  'imei',
]

/** What fields of persons are called. */
export const PERSONS =
  /\b(?:ho (?:va )?ten|chu ho|khach hang|nguoi (?:gui|nop|phan anh|lien he|dai dien|su dung|khai|nhan|dan)|dien thoai|so dt|sdt|phone|mobile|email|e mail|cccd|cmnd|cmt|can cuoc|dinh danh|ho chieu|passport|ngay sinh|nam sinh|birth(?: ?(?:day|date))?|dob|gioi tinh|gender|bien so|bks|license plate|plate|benh nhan|patient|customer name|full ?name|chu so huu|chu xe|lai xe|tai xe|driver|so tai khoan)\b/
