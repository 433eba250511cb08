/*
 * What the outside does to the pins: radio, encoder, battery, gyro. Same licence as lockstep.c: GPL, version 3 or
 * later.
 */
#include <avr_adc.h>
#include <avr_extint.h>
#include <avr_ioport.h>
#include <avr_twi.h>
#include <sim_avr.h>
#include <stdlib.h>
#include <string.h>

#include "../boards/host/chip.h"
#include "machine.h"

#define MHZ 16u
#define RADIO_PERIOD (20000u * MHZ)
#define NEVER UINT64_MAX
#define GYRO_ADDRESS 0x68u

static const avr_t *board;
static avr_irq_t *port_d[8];
static avr_irq_t *battery;

static struct {
    unsigned width_us;
    uint64_t next;
    bool high;
} radio[3];

static struct {
    uint64_t period; /* of one tick [cycles]; 0: standing */
    bool backwards;
    uint64_t next;
    unsigned phase; /* quarter periods of the encoder */
} wheel;

static struct {
    bool present;
    struct chip chip;
    avr_irq_t *input;
    bool selected;
    bool reg_known;
    uint8_t reg;
} gyro;

static void on_bus(avr_irq_t *irq, uint32_t value, void *of) {
    (void)irq, (void)of;
    avr_twi_msg_irq_t message = {.u.v = value};
    uint8_t kind = message.u.twi.msg;
    if (kind & TWI_COND_STOP)
        gyro.selected = false;
    if (kind & TWI_COND_START) {
        gyro.selected = gyro.present && message.u.twi.addr >> 1 == GYRO_ADDRESS;
        if (gyro.selected) {
            /* a write names the register first */
            if (!(message.u.twi.addr & 1))
                gyro.reg_known = false;
            avr_raise_irq(gyro.input, avr_twi_irq_msg(TWI_COND_ACK, message.u.twi.addr, 1));
        }
    }
    if (!gyro.selected)
        return;
    if (kind & TWI_COND_WRITE) {
        avr_raise_irq(gyro.input, avr_twi_irq_msg(TWI_COND_ACK, message.u.twi.addr, 1));
        if (gyro.reg_known)
            chip_write(&gyro.chip, gyro.reg++, message.u.twi.data);
        else
            gyro.reg = message.u.twi.data;
        gyro.reg_known = true;
    }
    if (kind & TWI_COND_READ)
        avr_raise_irq(gyro.input,
                      avr_twi_irq_msg(TWI_COND_READ, message.u.twi.addr, chip_read(&gyro.chip, gyro.reg++)));
}

void inputs_load(struct avr_t *avr) {
    board = avr;
    for (int i = 0; i < 8; i++)
        port_d[i] = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), i);
    battery = avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0);
    chip_reset(&gyro.chip);
    gyro.input = avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_OUTPUT), on_bus, NULL);
    avr->vcc = avr->avcc = 5000;
    /* INT1, which the firmware does not use, shares the encoder's pin: simavr would look at it in every cycle */
    avr_extint_set_strict_lvl_trig(avr, 1, 0);
}

bool machine_radio(unsigned channel, unsigned width_us) {
    if (channel >= 3)
        return false;
    radio[channel].width_us = width_us;
    return true;
}

/* The wheel goes on from where it is within a tick: what was left of a slow one passes at the new speed. */
void machine_wheel(long tick_us) {
    uint64_t period = (uint64_t)labs(tick_us) * MHZ;
    if (wheel.period > 0 && wheel.next > board->cycle)
        wheel.next = board->cycle + (wheel.next - board->cycle) * period / wheel.period;
    wheel.backwards = tick_us < 0;
    wheel.period = period;
}

void machine_battery(unsigned mv) {
    avr_raise_irq(battery, mv);
}

void machine_gyro(bool present, int16_t raw) {
    gyro.present = present;
    gyro.chip.rate = raw;
}

void machine_acceleration(int16_t forward, int16_t left, int16_t up) {
    gyro.chip.acceleration[0] = forward;
    gyro.chip.acceleration[1] = left;
    gyro.chip.acceleration[2] = up;
}

bool machine_chip(const char *lie) {
    gyro.chip.frozen = strcmp(lie, "frozen") == 0;
    gyro.chip.faulty = strcmp(lie, "faulty") == 0;
    gyro.chip.saturated = strcmp(lie, "saturated") == 0;
    gyro.chip.sleeper = strcmp(lie, "asleep") == 0;
    if (gyro.chip.sleeper)
        chip_sleep(&gyro.chip);
    return gyro.chip.frozen || gyro.chip.faulty || gyro.chip.saturated || gyro.chip.sleeper ||
           strcmp(lie, "honest") == 0;
}

/* The channels of a receiver come one after the other. */
static uint64_t update_radio(const avr_t *avr, unsigned i) {
    if (avr->cycle < radio[i].next)
        return radio[i].next;
    if (radio[i].high) {
        radio[i].high = false;
        avr_raise_irq(port_d[4 + i], 0);
        radio[i].next += RADIO_PERIOD - radio[i].width_us * MHZ;
    } else if (radio[i].width_us > 0) {
        if (radio[i].next == 0 || avr->cycle > radio[i].next + RADIO_PERIOD)
            radio[i].next = avr->cycle;
        radio[i].high = true;
        avr_raise_irq(port_d[4 + i], 1);
        radio[i].next += radio[i].width_us * MHZ;
    } else {
        return NEVER;
    }
    return radio[i].next;
}

/* A falls and rises a quarter period apart from B; the firmware counts both edges of A. */
static uint64_t update_wheel(const avr_t *avr) {
    static const uint8_t A[4] = {1, 1, 0, 0}, B[4] = {0, 1, 1, 0};
    if (wheel.period == 0)
        return NEVER;
    if (avr->cycle >= wheel.next) {
        wheel.phase = (wheel.phase + (wheel.backwards ? 3 : 1)) % 4;
        avr_raise_irq(port_d[2], A[wheel.phase]);
        avr_raise_irq(port_d[3], B[wheel.phase]);
        /* an edge that comes some cycles late delays none of those after it */
        wheel.next += wheel.period / 2;
        if (wheel.next <= avr->cycle)
            wheel.next = avr->cycle + wheel.period / 2;
    }
    return wheel.next;
}

uint64_t inputs_update(struct avr_t *avr) {
    uint64_t next = update_wheel(avr);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t change = update_radio(avr, i);
        if (change < next)
            next = change;
    }
    return next;
}
