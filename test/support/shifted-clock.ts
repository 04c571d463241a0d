// Loaded before a program (node --import): its clock goes wrong by CLOCK_SHIFT_MS, as that of another machine may.
const shift = Number(process.env.CLOCK_SHIFT_MS ?? '0')
const now = Date.now
Date.now = () => now() + shift
