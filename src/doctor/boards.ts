/** What answers at a serial port, by the vendor and product of its USB device. */

/** Vendor, or vendor:product where the vendor makes several things. */
const BOARDS: Readonly<Partial<Record<string, string>>> = {
  "2341": "an Arduino",
  "2341:0001": "Arduino Uno",
  "2341:0043": "Arduino Uno R3",
  "2341:0010": "Arduino Mega 2560",
  "2341:0042": "Arduino Mega 2560 R3",
  "2a03": "an Arduino",
  "2a03:0043": "Arduino Uno R3",
  "2e8a": "an RP2040 or RP2350 board",
  "2e8a:0005": "RP2040 with MicroPython",
  "2e8a:000a": "RP2040 (Pico SDK)",
  "239a": "an Adafruit board",
  "16c0:0483": "Teensy",
  "0403:6001": "FTDI FT232R, as on Arduino Nanos",
  "0403:6015": "FTDI FT231X",
  "10c4:ea60": "CP210x, as on lidars and ESP32 boards",
  "1a86:7523": "CH340, as on Arduino Nano copies",
  "1a86:55d3": "CH343",
  "1a86:55d4": "CH9102",
  "067b:2303": "PL2303",
  "0483:5740": "a VESC, or another STM32 board",
};

/** For people; the bare numbers if they are not known, undefined if there are none. */
export function boardName(vendorId: string | undefined, productId: string | undefined): string | undefined {
  if (!vendorId) return undefined;
  const vendor = vendorId.toLowerCase();
  const both = `${vendor}:${(productId ?? "").toLowerCase()}`;
  return BOARDS[both] ?? BOARDS[vendor] ?? `USB device ${both}`;
}
