/** The cities of the demonstration, and the ports of their hubs. */
export const CITIES = [
  { name: 'thai-nguyen', title: 'Thái Nguyên city', port: 1027 },
  { name: 'song-cong', title: 'Sông Công city', port: 1028 },
  { name: 'pho-yen', title: 'Phổ Yên city', port: 1029 },
] as const
