/* Wheel encoder, radio channels and battery. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "../../core/board.h"
#include "parts.h"
#include "pins.h"

static volatile struct board_wheel wheel;
static volatile struct board_pulse pulses[CHANNELS];
static uint32_t risen_us[CHANNELS];
static uint8_t radio_pins;
static uint16_t battery_mv;

#define RADIO_PINS (7u << PIN_RC_FIRST)

void inputs_start(void) {
    /* pull-ups: an input that is not connected must rest, not float into a stream of interrupts */
    PORTD = _BV(PIN_ENCODER_A) | _BV(PIN_ENCODER_B) | RADIO_PINS;
    radio_pins = PIND;
    EICRA = _BV(ISC00); /* INT0 at both edges */
    EIMSK = _BV(INT0);
    PCMSK2 = RADIO_PINS;
    PCICR = _BV(PCIE2);
}

/* Both edges of A: two ticks per period. B tells the direction. */
ISR(INT0_vect) {
    uint8_t pins = PIND;
    bool a = (pins & _BV(PIN_ENCODER_A)) != 0;
    bool b = (pins & _BV(PIN_ENCODER_B)) != 0;
    wheel.ticks += a == b ? -1 : 1;
    wheel.last_us = clock_us_in_interrupt();
}

ISR(PCINT2_vect) {
    uint8_t pins = PIND;
    uint32_t now = clock_us_in_interrupt();
    uint8_t changed = (uint8_t)((pins ^ radio_pins) & RADIO_PINS);
    radio_pins = pins;
    for (uint8_t i = 0; i < CHANNELS; i++) {
        uint8_t pin = (uint8_t)(1u << (PIN_RC_FIRST + i));
        if (!(changed & pin))
            continue;
        if (pins & pin) {
            risen_us[i] = now;
            continue;
        }
        uint32_t width = now - risen_us[i];
        pulses[i].width_us = width > UINT16_MAX ? UINT16_MAX : (uint16_t)width;
        pulses[i].count++;
    }
}

struct board_wheel board_read_wheel(void) {
    struct board_wheel copy;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        copy.ticks = wheel.ticks;
        copy.last_us = wheel.last_us;
    }
    return copy;
}

struct board_pulse board_read_rc(enum board_channel channel) {
    struct board_pulse copy;
    ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
        copy.width_us = pulses[channel].width_us;
        copy.count = pulses[channel].count;
    }
    return copy;
}

/* Against the inner 1.1 V: the supply follows the load too much to measure by. 125 kHz, 104 µs a conversion. */
void battery_start(void) {
    ADMUX = _BV(REFS1) | _BV(REFS0);
    ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
}

void battery_poll(void) {
    if (ADCSRA & _BV(ADSC))
        return;
    uint16_t mv = (uint16_t)(ADC * BATTERY_FULL_MV / 1024u);
    battery_mv = mv < BATTERY_LEAST_MV ? 0 : mv;
    ADCSRA |= _BV(ADSC);
}

uint16_t board_battery_mv(void) {
    return battery_mv;
}
