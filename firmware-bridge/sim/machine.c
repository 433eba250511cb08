/*
 * An ATmega328P in simavr, with its faults mended as far as the tests need. Same licence as lockstep.c: GPL, version 3
 * or later.
 */
#include "machine.h"

#include <avr_ioport.h>
#include <avr_timer.h>
#include <avr_uart.h>
#include <elf.h>
#include <sim_avr.h>
#include <sim_elf.h>
#include <sim_interrupts.h>
#include <sim_regbit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MHZ 16u
#define RING 65536u

#define STEERING_PIN 1
#define THROTTLE_PIN 2
#define LED_PIN 5
#define RESET 0 /* no pin: a pulse without width when the chip starts anew */

static avr_t *avr;
static elf_firmware_t firmware;
static avr_irq_t *uart_input;
static uint64_t target;

static uint8_t incoming[RING];
static unsigned incoming_in, incoming_out;
static uint64_t next_byte;
static unsigned byte_cycles = 640;

static uint8_t sent[RING];
static unsigned sent_count;

#define PULSES 4096u
static struct machine_pulse pulses[PULSES];
static unsigned pulse_count;
static bool high[8];
static uint64_t risen[8];

static void note(int pin, uint64_t from) {
    if (pulse_count < PULSES)
        pulses[pulse_count++] = (struct machine_pulse){pin, (double)from / MHZ, (double)(avr->cycle - from) / MHZ};
}

static void level(int pin, bool value) {
    if (value == high[pin])
        return;
    high[pin] = value;
    if (value)
        risen[pin] = avr->cycle;
    else
        note(pin, risen[pin]);
}

/* Whether timer 1 owns the pin: COM1A1 of TCCR1A for pin 1, COM1B1 for pin 2. */
static bool of_timer(int pin) {
    return avr->data[0x80] & (pin == STEERING_PIN ? 0x80 : 0x20);
}

/* In simavr a write to the port sets all its pins, also those that the timer owns. */
static void on_pin(avr_irq_t *irq, uint32_t value, void *of) {
    (void)irq;
    int pin = (int)(intptr_t)of;
    if (pin == LED_PIN || !of_timer(pin))
        level(pin, value);
}

static void on_compare(avr_irq_t *irq, uint32_t value, void *of) {
    (void)irq;
    int pin = (int)(intptr_t)of;
    if (of_timer(pin))
        level(pin, value);
}

/* Pins that the timer let go of. */
static void release_pins(void) {
    for (int pin = STEERING_PIN; pin <= THROTTLE_PIN; pin++)
        if (!of_timer(pin))
            level(pin, false);
}

static void on_sent(avr_irq_t *irq, uint32_t value, void *of) {
    (void)irq, (void)of;
    if (sent_count < RING)
        sent[sent_count++] = (uint8_t)value;
}

static void no_sleep(avr_t *of, avr_cycle_count_t cycles) {
    (void)of, (void)cycles;
}

static void quiet(avr_t *of, const int level, const char *format, va_list rest) {
    (void)of, (void)level, (void)format, (void)rest;
}

/*
 * OCR1A and OCR1B: where their low bytes lie, and what simavr does when one is written, last of the two bytes. On the
 * chip a new value in a mode of PWM waits in a buffer until the timer overflows: a pulse that has begun keeps its
 * width.
 */
static struct compare {
    avr_io_addr_t low;
    uint8_t high; /* byte that the timer knows */
    bool waits;
    uint16_t buffer;
    avr_io_write_t write;
    void *timer;
} compares[] = {{.low = 0x88}, {.low = 0x8a}};

static avr_timer_t *timer1;

/* Cycles from an overflow until simavr has begun the next pulse. */
static const avr_cycle_count_t BEGUN = 8;

/* The timer takes the buffer. A new high byte beside the same low byte: it is shown another low byte first. */
static avr_cycle_count_t take(avr_t *of, avr_cycle_count_t when, void *param) {
    struct compare *compare = param;
    const avr_io_addr_t low = compare->low;
    const uint8_t value = compare->buffer & 0xff;
    (void)when;
    compare->waits = false;
    of->data[low + 1] = (uint8_t)(compare->buffer >> 8);
    if (of->data[low + 1] != compare->high && of->data[low] == value)
        compare->write(of, low, value ^ 1, compare->timer);
    compare->high = of->data[low + 1];
    compare->write(of, low, value, compare->timer);
    return 0;
}

/* Whether the timer's mode, by the low bits of TCCR1A and WGM13 and WGM12 of TCCR1B, is one of PWM. */
static bool buffers(void) {
    return (avr->data[0x80] & 0x03) || (avr->data[0x81] & 0x18);
}

static void on_compare_write(avr_t *of, avr_io_addr_t low, uint8_t value, void *param) {
    struct compare *compare = param;
    compare->buffer = (uint16_t)(of->data[low + 1] << 8 | value);
    of->data[low + 1] = compare->high;
    if (compare->waits) return;
    /* after a reset simavr remembers the period of the timer that it stopped */
    if (timer1->tov_cycles == 0 || !buffers()) {
        take(of, 0, compare);
        return;
    }
    const avr_cycle_count_t since = of->cycle - timer1->tov_base;
    compare->waits = true;
    avr_cycle_timer_register(of, timer1->tov_cycles - since % timer1->tov_cycles + BEGUN, take, compare);
}

/* The chip starts anew: nothing drives the pins until the firmware does, and no compare value waits any more. */
static void on_reset(avr_io_t *of) {
    (void)of;
    for (unsigned i = 0; i < 2; i++) {
        compares[i].waits = false;
        compares[i].high = 0;
    }
    release_pins();
    note(RESET, avr->cycle);
}

static avr_io_t resets = {.kind = "resets", .reset = on_reset};

/*
 * Faults of simavr 1.6, as Debian has it, besides the one at on_pin:
 * - timer 1, mode 14, is taken for phase-correct PWM, which ignores writes to the compare registers;
 * - the timer hears of a new compare value only if the low byte differs from that before, and then at once;
 * - an interrupt can fall out of the queue while it is marked as waiting, and never comes again.
 */
static void mend_timer(void) {
    for (avr_io_t *io = avr->io_port; io; io = io->next)
        if (io->kind && strcmp(io->kind, "timer") == 0 && ((avr_timer_t *)io)->name == '1') timer1 = (avr_timer_t *)io;
    timer1->wgm_op[14] = (avr_timer_wgm_t)AVR_TIMER_WGM_ICFASTPWM();
    for (unsigned i = 0; i < 2; i++) {
        compares[i].write = avr->io[AVR_DATA_TO_IO(compares[i].low)].w.c;
        compares[i].timer = avr->io[AVR_DATA_TO_IO(compares[i].low)].w.param;
        avr->io[AVR_DATA_TO_IO(compares[i].low)].w.c = on_compare_write;
        avr->io[AVR_DATA_TO_IO(compares[i].low)].w.param = &compares[i];
    }
}

static bool queued(const avr_int_table_t *table, const avr_int_vector_t *vector) {
    for (unsigned at = table->pending.read; at != table->pending.write; at = (at + 1) & (avr_int_pending_fifo_size - 1))
        if (table->pending.buffer[at] == vector)
            return true;
    return false;
}

static void mend_interrupts(void) {
    avr_int_table_t *table = &avr->interrupts;
    for (int i = 0; i < table->vector_count; i++) {
        avr_int_vector_t *vector = table->vector[i];
        if (!vector->pending || queued(table, vector))
            continue;
        vector->pending = 0;
        if (avr_regbit_get(avr, vector->raised))
            avr_raise_interrupt(avr, vector);
    }
}

bool machine_load(const char *elf) {
    avr_global_logger_set(quiet);
    avr = avr_make_mcu_by_name("atmega328p");
    /* the loader prints about the file; answers go to standard output */
    fflush(stdout);
    FILE *answers = stdout;
    stdout = fopen("/dev/null", "w");
    int failed = !avr || elf_read_firmware(elf, &firmware);
    fclose(stdout);
    stdout = answers;
    if (failed)
        return false;
    firmware.frequency = MHZ * 1000000u;
    avr_init(avr);
    avr_load_firmware(avr, &firmware);
    avr->sleep = no_sleep;
    avr->data[0x54] = 1; /* MCUSR: simavr does not tell that power came up */

    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
    flags &= ~(uint32_t)(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POLL_SLEEP);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    mend_timer();
    avr_register_io(avr, &resets);

    static const int WATCHED[] = {STEERING_PIN, THROTTLE_PIN, LED_PIN};
    for (unsigned i = 0; i < sizeof WATCHED / sizeof WATCHED[0]; i++)
        avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('B'), WATCHED[i]), on_pin,
                                (void *)(intptr_t)WATCHED[i]);
    for (int i = 0; i < 2; i++)
        avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_TIMER_GETIRQ('1'), TIMER_IRQ_OUT_COMP + i), on_compare,
                                (void *)(intptr_t)WATCHED[i]);
    uart_input = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_sent, NULL);
    inputs_load(avr);
    return true;
}

double machine_now_us(void) {
    return (double)avr->cycle / MHZ;
}

void machine_feed(const uint8_t *bytes, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        incoming[incoming_in++ % RING] = bytes[i];
}

void machine_byte_cycles(unsigned cycles) {
    byte_cycles = cycles;
}

/* Puts the next byte on the line if it is due; returns the cycle at which the one after that is. */
static uint64_t deliver(void) {
    if (incoming_in == incoming_out)
        return target;
    if (avr->cycle >= next_byte) {
        avr_raise_irq(uart_input, incoming[incoming_out++ % RING]);
        next_byte = (avr->cycle > next_byte + byte_cycles ? avr->cycle : next_byte) + byte_cycles;
    }
    return next_byte;
}

bool machine_run(uint64_t us) {
    target += us * MHZ;
    sent_count = 0;
    pulse_count = 0;
    while (avr->cycle < target) {
        uint64_t until = deliver();
        uint64_t change = inputs_update(avr);
        if (change < until)
            until = change;
        if (target < until)
            until = target;
        avr->run_cycle_limit = until > avr->cycle ? until - avr->cycle : 1;
        int state = avr_run(avr);
        mend_interrupts();
        release_pins();
        if (state == cpu_Done || state == cpu_Crashed)
            return false;
    }
    return true;
}

const uint8_t *machine_sent(unsigned *count) {
    *count = sent_count;
    return sent;
}

const struct machine_pulse *machine_pulses(unsigned *count) {
    *count = pulse_count;
    return pulses;
}

static const avr_symbol_t *find(const char *name) {
    for (unsigned i = 0; i < firmware.symbolcount; i++)
        if (strcmp(firmware.symbol[i]->symbol, name) == 0)
            return firmware.symbol[i];
    return NULL;
}

bool machine_poke(const char *symbol, uint32_t value) {
    const avr_symbol_t *found = find(symbol);
    if (!found)
        return false;
    unsigned address = found->addr & 0xffff; /* the linker puts data above 0x800000 */
    for (unsigned i = 0; i < 4; i++)
        avr->data[address + i] = (uint8_t)(value >> 8 * i);
    return true;
}

/* The C library ends with a jump to itself, 0xcfff: there the processor goes. */
bool machine_hang(bool interrupts) {
    for (uint32_t at = 0; at + 1 < firmware.flashsize; at += 2)
        if (avr->flash[at] == 0xff && avr->flash[at + 1] == 0xcf) {
            avr->pc = at;
            avr->sreg[S_I] = interrupts;
            return true;
        }
    return false;
}
