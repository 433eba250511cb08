#include <string.h>

#include "host.h"

struct host_board host;

static enum { IDLE, WRITING, READING } bus;
static uint8_t *bus_bytes;
static uint8_t bus_reg, bus_value, bus_count;

void host_reset(void) {
    memset(&host, 0, sizeof host);
    chip_reset(&host.chip);
    host.start_number = 1;
    host.reset_cause = RESET_POWER_ON;
    bus = IDLE;
}

void host_receive(const uint8_t *bytes, uint16_t count) {
    for (uint16_t i = 0; i < count && (uint16_t)(host.received_in - host.received_out) < sizeof host.received; i++)
        host.received[host.received_in++ % sizeof host.received] = bytes[i];
}

void board_start(void) {
}

enum board board_kind(void) {
    return BOARD_HOST;
}

uint8_t board_reset_cause(void) {
    return host.reset_cause;
}

uint16_t board_start_number(void) {
    return host.start_number;
}

uint32_t board_time_us(void) {
    return host.time_us;
}

void board_poll(void) {
}

int16_t board_uart_read(void) {
    if (host.received_in == host.received_out)
        return -1;
    return host.received[host.received_out++ % sizeof host.received];
}

bool board_uart_write(const uint8_t *bytes, uint8_t count) {
    if (host.line_full || host.sent_count + count > (int)sizeof host.sent)
        return false;
    memcpy(host.sent + host.sent_count, bytes, count);
    host.sent_count = (uint16_t)(host.sent_count + count);
    return true;
}

uint16_t board_uart_errors(void) {
    return host.uart_errors;
}

void board_set_pulses(uint16_t steering_us, uint16_t throttle_us) {
    host.steering_us = steering_us;
    host.throttle_us = throttle_us;
}

uint8_t board_pulse_periods(void) {
    return host.pulse_periods;
}

struct board_wheel board_read_wheel(void) {
    return host.wheel;
}

struct board_pulse board_read_rc(enum board_channel channel) {
    return host.rc[channel];
}

uint16_t board_battery_mv(void) {
    return host.battery_mv;
}

bool board_bus_write(uint8_t address, uint8_t reg, uint8_t value) {
    (void)address;
    if (bus != IDLE)
        return false;
    bus = WRITING;
    bus_reg = reg;
    bus_value = value;
    return true;
}

bool board_bus_read(uint8_t address, uint8_t reg, uint8_t *bytes, uint8_t count) {
    (void)address;
    if (bus != IDLE)
        return false;
    bus = READING;
    bus_reg = reg;
    bus_count = count;
    bus_bytes = bytes;
    return true;
}

enum board_bus board_bus_poll(void) {
    if (host.bus_stuck)
        return BUS_BUSY;
    if (host.sensor && bus == WRITING) {
        chip_write(&host.chip, bus_reg, bus_value);
        host.bus_writes++;
    }
    if (host.sensor && bus == READING)
        for (uint8_t i = 0; i < bus_count; i++)
            bus_bytes[i] = chip_read(&host.chip, (uint8_t)(bus_reg + i));
    bus = IDLE;
    return host.sensor ? BUS_DONE : BUS_FAILED;
}

void board_bus_reset(void) {
    bus = IDLE;
    host.bus_resets++;
}

void board_watchdog_feed(void) {
    host.feeds++;
}

void board_led(bool on) {
    host.led = on;
}
