/*
 * Arduino Uno and Nano (ATmega328P, 16 MHz). The table of docs/firmware.md says the same in words.
 *
 *   D9  PB1 OC1A    steering servo          D4 PD4 PCINT20  radio steering
 *   D10 PB2 OC1B    throttle (ESC)          D5 PD5 PCINT21  radio throttle
 *   D0  PD0 RXD     from the host           D6 PD6 PCINT22  radio mode switch
 *   D1  PD1 TXD     to the host             A0 PC0 ADC0     battery divider
 *   D2  PD2 INT0    encoder A               A4 PC4 SDA      gyro
 *   D3  PD3         encoder B               A5 PC5 SCL      gyro
 *   D13 PB5         LED
 */
#ifndef PINS_H
#define PINS_H

#include <avr/io.h>

#define PIN_STEERING PB1
#define PIN_THROTTLE PB2
#define PIN_LED PB5
#define PIN_ENCODER_A PD2
#define PIN_ENCODER_B PD3
#define PIN_RC_FIRST PD4 /* steering, throttle, mode follow one another */
#define PIN_SDA PC4
#define PIN_SCL PC5

/* Battery at full scale of the 1.1 V reference [mV]: 150 kΩ above 12 kΩ is 1.1 V · 162 / 12. */
#define BATTERY_FULL_MV 14850ul
/* Below this nothing is connected [mV]. */
#define BATTERY_LEAST_MV 3000u

#endif
