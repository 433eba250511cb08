/*
 * Raspberry Pi Pico and boards like it (RP2040 with a 12 MHz crystal). The table of docs/firmware.md says the same in
 * words.
 *
 *   GP0 UART0 TX    to the host             GP6  encoder A
 *   GP1 UART0 RX    from the host           GP7  encoder B
 *   GP2 PWM 1A      steering servo          GP8  radio steering
 *   GP3 PWM 1B      throttle (ESC)          GP9  radio throttle
 *   GP4 I2C0 SDA    gyro                    GP10 radio mode switch
 *   GP5 I2C0 SCL    gyro                    GP25 LED, GP26 battery divider
 */
#ifndef PINS_H
#define PINS_H

#define PIN_TX 0u
#define PIN_RX 1u
#define PIN_STEERING 2u
#define PIN_THROTTLE 3u
#define PIN_SDA 4u
#define PIN_SCL 5u
#define PIN_ENCODER_A 6u
#define PIN_ENCODER_B 7u
#define PIN_RC_FIRST 8u /* steering, throttle, mode follow one another */
#define PIN_LED 25u
#define PIN_BATTERY 26u

/* Battery at full scale of 3.3 V [mV]: 150 kΩ above 33 kΩ. */
#define BATTERY_FULL_MV 18300u
/* Below this nothing is connected [mV]. */
#define BATTERY_LEAST_MV 3000u

#endif
