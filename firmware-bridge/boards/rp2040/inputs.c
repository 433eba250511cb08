/* Wheel encoder, radio channels and battery. */
#include "../../core/board.h"
#include "parts.h"
#include "pins.h"
#include "registers.h"

#define LOCK_US 1000u

static volatile struct board_wheel wheel;
static volatile struct board_pulse pulses[CHANNELS];
static uint32_t risen_us[CHANNELS];
static bool battery_works;
static uint16_t battery_mv;

void on_pins(void);

static uint32_t edges(uint32_t pin) {
    return (EDGE_LOW | EDGE_HIGH) << 4u * (pin % 8u);
}

void inputs_start(void) {
    for (uint32_t pin = PIN_ENCODER_A; pin < PIN_RC_FIRST + CHANNELS; pin++)
        pin_function(pin, FUNCTION_SIO, PAD_PULL_UP | PAD_OUTPUT_OFF);
    IO_PROC0_INTE(PIN_ENCODER_A / 8u) = edges(PIN_ENCODER_A);
    IO_PROC0_INTE(PIN_RC_FIRST / 8u) = edges(PIN_RC_FIRST) | edges(PIN_RC_FIRST + 1u) | edges(PIN_RC_FIRST + 2u);
    NVIC_ISER = 1u << IRQ_IO_BANK0;
}

static bool take_edge(uint32_t pin) {
    uint32_t mine = edges(pin);
    if (!(IO_PROC0_INTS(pin / 8u) & mine))
        return false;
    IO_INTR(pin / 8u) = mine;
    return true;
}

/* The interrupt of all pins. No division here: the divider belongs to the main loop. */
void on_pins(void) {
    uint32_t now = TIMER_TIMERAWL;
    uint32_t levels = SIO_GPIO_IN;
    /* both edges of A: two ticks per period; B tells the direction */
    if (take_edge(PIN_ENCODER_A)) {
        bool same = (levels >> PIN_ENCODER_A & 1u) == (levels >> PIN_ENCODER_B & 1u);
        wheel.ticks += same ? -1 : 1;
        wheel.last_us = now;
    }
    for (uint32_t i = 0; i < CHANNELS; i++) {
        if (!take_edge(PIN_RC_FIRST + i))
            continue;
        if (levels >> (PIN_RC_FIRST + i) & 1u) {
            risen_us[i] = now;
            continue;
        }
        uint32_t width = now - risen_us[i];
        pulses[i].width_us = width > UINT16_MAX ? UINT16_MAX : (uint16_t)width;
        pulses[i].count++;
    }
}

struct board_wheel board_read_wheel(void) {
    __asm__ volatile("cpsid i" ::: "memory");
    struct board_wheel copy = {.ticks = wheel.ticks, .last_us = wheel.last_us};
    __asm__ volatile("cpsie i" ::: "memory");
    return copy;
}

struct board_pulse board_read_rc(enum board_channel channel) {
    __asm__ volatile("cpsid i" ::: "memory");
    struct board_pulse copy = {.width_us = pulses[channel].width_us, .count = pulses[channel].count};
    __asm__ volatile("cpsie i" ::: "memory");
    return copy;
}

/*
 * The converter wants 48 MHz, from the USB PLL: 12 MHz · 100 / (5 · 5). If it does not lock, there is no battery
 * reading.
 */
void battery_start(void) {
    CLEAR(RESETS_RESET) = RESET_PLL_USB | RESET_ADC;
    while (~RESETS_DONE & (RESET_PLL_USB | RESET_ADC))
        ;
    PLL_USB_CS = 1;
    PLL_USB_FBDIV = 100;
    CLEAR(PLL_USB_PWR) = 1u << 5 | 1u << 0;
    for (uint32_t since = TIMER_TIMERAWL; TIMER_TIMERAWL - since < LOCK_US;)
        battery_works = battery_works || (PLL_USB_CS & 1u << 31);
    PLL_USB_PRIM = 5u << 16 | 5u << 12;
    CLEAR(PLL_USB_PWR) = 1u << 3;
    if (!battery_works)
        return;
    CLK_ADC_CTRL = CLOCK_ENABLE;
    pin_function(PIN_BATTERY, FUNCTION_NONE, PAD_OUTPUT_OFF);
    PAD(PIN_BATTERY) = PAD_OUTPUT_OFF; /* analogue: neither input buffer nor pulls */
    ADC_CS = 1;
}

void battery_poll(void) {
    if (!battery_works || !(ADC_CS & 1u << 8))
        return;
    uint32_t mv = (ADC_RESULT & 0xfffu) * BATTERY_FULL_MV >> 12;
    battery_mv = mv < BATTERY_LEAST_MV ? 0 : (uint16_t)mv;
    ADC_CS = 1u << 2 | 1u;
}

uint16_t board_battery_mv(void) {
    return battery_mv;
}
