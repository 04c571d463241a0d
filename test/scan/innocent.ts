import type { Random } from '../trial/random.ts'
import { digits } from './identifiers.ts'

/** Sentences without identifiers that look as if they had some. */
export interface Innocent {
  readonly kind: string
  readonly make: (random: Random) => string
}

const STREETS = [
  'Hoàng Văn Thụ',
  'Lương Ngọc Quyến',
  'Phan Đình Phùng',
  'Bắc Kạn',
  'Minh Cầu',
  'Nguyễn Huệ',
  'Trần Hưng Đạo',
  'Lê Lợi',
  'Phạm Văn Đồng',
  'Bến Oánh',
  'Dương Tự Minh',
  'Hùng Vương',
]
const WARDS = [
  'Tân Lập',
  'Phan Đình Phùng',
  'Hoàng Văn Thụ',
  'Quang Trung',
  'Trưng Vương',
  'Tích Lương',
  'Bách Quang',
  'Ba Hàng',
  'Đắc Sơn',
]
const PLACES = [
  'Thái Nguyên',
  'Sông Công',
  'Phổ Yên',
  'Bắc Kạn',
  'Hồ Núi Cốc',
  'Hà Nội',
  'Thành phố Hồ Chí Minh',
  'Đại Từ',
  'Phú Bình',
  'Cao Bằng',
  'Lạng Sơn',
]
const AGENCIES = [
  'Ủy ban nhân dân tỉnh',
  'Sở Nông nghiệp và Môi trường',
  'Chi cục Thuế khu vực',
  'Công an phường',
  'Trung tâm Điều hành đô thị thông minh',
  'Bệnh viện Trung ương',
  'Ban Quản lý dự án',
]

const day = (random: Random): string =>
  `${random.whole(1, 28)}/${random.whole(1, 12)}/${random.whole(2015, 2026)}`

/** Reports and notes of every day, by what in them could be mistaken. */
export const INNOCENT: readonly Innocent[] = [
  {
    kind: 'price',
    make: (r) =>
      r.one([
        `giá ${r.whole(1, 999)}.000 đồng`,
        `chi ${r.whole(1, 99)}.${digits(r, 3)}.000 VNĐ`,
        `kinh phí ${r.whole(1, 9)} ${digits(r, 3)} 000 đ`,
        `phạt ${r.whole(1, 9)}.000.000đ`,
        `tổng mức đầu tư ${r.whole(10, 999)}.${digits(r, 3)}.${digits(r, 3)}.000 đồng`,
      ]),
  },
  {
    kind: 'date and time',
    make: (r) =>
      r.one([
        `ngày ${day(r)}`,
        `lúc ${r.whole(0, 23)}:${r.whole(10, 59)} ngày ${day(r)}`,
        `từ ${day(r)} đến ${day(r)}`,
        `2026-0${r.whole(1, 9)}-1${digits(r, 1)}T0${digits(r, 1)}:${r.whole(10, 59)}:00Z`,
        `tháng ${r.whole(1, 12)}/2025`,
        `năm 2019 2020 2021 2022`,
      ]),
  },
  {
    kind: 'number of a decision',
    make: (r) =>
      r.one([
        `Quyết định ${r.whole(1, 4999)}/2024/QĐ-UBND`,
        `Công văn số ${r.whole(1, 9999)}/UBND-KT ngày ${day(r)}`,
        `Nghị quyết 1683/NQ-UBTVQH15`,
        `Thông tư ${r.whole(1, 99)}/2021/TT-BTNMT`,
        `Nghị định số ${r.whole(1, 400)}/2025/NĐ-CP`,
        `thông báo số ${r.whole(100, 999)}/TB-VP`,
      ]),
  },
  {
    kind: 'id of a sensor',
    make: (r) =>
      r.one([
        `trạm TN-${digits(r, 3)} mất tín hiệu`,
        `cảm biến pm25-${digits(r, 4)}`,
        `urn:ngsi-ld:Device:thai-nguyen:${digits(r, 4)}`,
        `tủ điều khiển số TD${digits(r, 2)}`,
        `cột đèn C${digits(r, 3)}`,
        `camera CAM${digits(r, 2)} mờ`,
        `mã thiết bị ${digits(r, 6)}`,
      ]),
  },
  {
    kind: 'reading',
    make: (r) =>
      r.one([
        `PM2.5 là ${r.whole(5, 99)}.${digits(r, 1)} µg/m3`,
        `nhiệt độ ${r.whole(5, 39)},${digits(r, 1)} độ C`,
        `mực nước ${r.whole(1, 29)}.${digits(r, 2)} m`,
        `tỷ lệ 0.${digits(r, 9)}`,
        `lưu lượng ${r.whole(100, 999)} m3/s`,
        `pH 7.${digits(r, 2)}, DO ${r.whole(1, 9)}.${digits(r, 2)}`,
        `điện ${digits(r, 5)} kWh`,
      ]),
  },
  {
    kind: 'plain number',
    make: (r) =>
      r.one([
        `mã ${r.whole(1, 9)}${digits(r, 8)}`,
        `mã đơn ${r.whole(1, 9)}${digits(r, 7)}`,
        `barcode 893${digits(r, 10)}`,
        `số lượng ${r.whole(1000, 99999)} cái`,
        `biên bản số ${r.whole(1, 99)} trang ${r.whole(1, 9)}`,
        `${r.whole(1, 999)} hộ dân`,
        `dân số ${r.whole(1, 9)}.${digits(r, 3)}.${digits(r, 3)} người`,
        `phiên bản 1.${digits(r, 1)}.${digits(r, 2)}`,
        `điều ${r.whole(1, 99)}.${r.whole(1, 9)}`,
      ]),
  },
  {
    kind: 'road named after a person',
    make: (r) =>
      r.one([
        `đường ${r.one(STREETS)} ngập sâu`,
        `ổ gà trên đường ${r.one(STREETS)}`,
        `phố ${r.one(STREETS)} mất điện`,
        `ngã tư ${r.one(STREETS)} - ${r.one(STREETS)}`,
        `đèn tín hiệu đường ${r.one(STREETS)} hỏng`,
        `nút giao ${r.one(STREETS)}`,
        `${r.one(STREETS)} kẹt xe giờ cao điểm`,
        `Đường ${r.one(STREETS)}, phường ${r.one(WARDS)}`,
      ]),
  },
  {
    kind: 'school or company',
    make: (r) =>
      r.one([
        'Trường THPT Lương Ngọc Quyến',
        'trường tiểu học Nguyễn Huệ',
        'Trường THCS Nha Trang',
        'Công ty Phạm Gia Phát thi công',
        'chợ Thái quá tải',
        'quảng trường Võ Nguyên Giáp',
        'công viên Lý Thái Tổ',
        'cầu Bến Tượng',
        'Đại học Thái Nguyên',
      ]),
  },
  {
    kind: 'administrative name',
    make: (r) =>
      r.one([
        `phường ${r.one(WARDS)}, ${r.one(PLACES)}`,
        `xã Tân Cương, ${r.one(PLACES)}`,
        `tại ${r.one(PLACES)}`,
        `từ ${r.one(PLACES)} đi ${r.one(PLACES)}`,
        `Phường ${r.one(WARDS)}`,
        `UBND phường ${r.one(WARDS)}`,
      ]),
  },
  {
    kind: 'agency',
    make: (r) =>
      r.one([
        `${r.one(AGENCIES)} đã tiếp nhận`,
        `chuyển ${r.one(AGENCIES)}`,
        `${r.one(AGENCIES)} trả lời ngày ${day(r)}`,
      ]),
  },
  {
    kind: 'report of every day',
    make: (r) =>
      r.one([
        'rác thải chưa được thu gom ba ngày nay',
        'đèn đường hỏng từ tuần trước',
        'nước yếu, mong sửa sớm',
        'cống thoát nước bị tắc',
        `xe buýt tuyến số ${r.whole(1, 12)} bỏ chuyến`,
        'Đề nghị Nhà máy nước kiểm tra',
        `cây đổ sau bão số ${r.whole(1, 9)}`,
        'ống nước vỡ, Anh em công nhân đã đến',
        'Bà con khu phố rất bức xúc',
        'Chủ nhật vẫn thi công ồn ào',
        'ảnh Camera giao thông kèm theo',
        'Chú ý biển báo bị che',
        'Chị em tiểu thương kiến nghị',
        'Cô Tô không thuộc tỉnh này',
        'Tượng đài Bác Hồ xuống cấp',
        'ống Nước sạch D110 rò rỉ',
        'Bác Ái và Bà Rịa là tên đất',
        'Em đề nghị Điện lực kiểm tra',
      ]),
  },
  {
    kind: 'coordinate of an asset',
    make: (r) =>
      r.one([
        `lưới chiếu VN-2000 múi 3, X=2${digits(r, 6)} Y=4${digits(r, 5)}`,
        `lý trình Km${r.whole(1, 99)}+${digits(r, 3)}`,
        `kinh tuyến trục 106.5`,
        `ô lưới 21.5 105.8`,
      ]),
  },
  {
    kind: 'web address',
    make: (r) =>
      r.one([
        `https://example.org/tin/${digits(r, 6)}`,
        'xem https://thainguyen.example.vn/ban-do?lop=3',
        `http://example.com/a/${digits(r, 4)}.html`,
      ]),
  },
]
