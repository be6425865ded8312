import { isLocalDate, type LocalDate } from '#canonical';

const MILLISECONDS_PER_DAY = 86_400_000;
/** Day 0 of the two systems. The 1900 one counts a 29 February 1900 that never was (serial 60), so that later days stand one off. */
const EPOCH_1904 = Date.UTC(1904, 0, 1);
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1900_BEFORE_MARCH = Date.UTC(1899, 11, 31);
const FALSE_LEAP_DAY = 60;
/** 9999-12-31. */
const SERIAL_MAX = 2_958_465;

/** The day a serial number stands for; its time of day is left out. Null for a time without a day and for what is no day. */
export function dayOfSerial(text: string, since1904: boolean): LocalDate | null {
  const whole = /^(\d{1,7})(?:\.\d+)?$/.exec(text)?.[1];
  const serial = whole === undefined ? -1 : Number(whole);
  if (serial < (since1904 ? 0 : 1) || serial > SERIAL_MAX || (serial === FALSE_LEAP_DAY && !since1904)) return null;
  const epoch = since1904 ? EPOCH_1904 : serial < FALSE_LEAP_DAY ? EPOCH_1900_BEFORE_MARCH : EPOCH_1900;
  const day = new Date(epoch + serial * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
  return isLocalDate(day) ? day : null;
}
