/*
 * A car on the desk: the firmware's core on this computer, by the clock on the wall, its UART a pseudo-terminal, and a
 * simple car behind its pulses that turns the wheel and the gyro. For trying the serial link without hardware, and for
 * measuring it. Prints the terminal's path, then runs until it is ended; on a disarmed board the car stands.
 *
 *   build/firmware/desk
 *
 * and in a second terminal
 *
 *   lapgrad drive --without-network --link serial --device <path> --arm
 */
#define _GNU_SOURCE
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../boards/host/host.h"
#include "../core/bridge.h"

#define THROTTLE_GAIN 11.25 /* m/s^2 at full throttle */
#define DRAG 0.55 /* 1/m */
#define BRAKE 3.0 /* m/s^2 of a motor at neutral */
#define TURN_GAIN 6.5 /* rad/m at full steering */
#define WHEEL_TRAVEL 0.01 /* m per tick, lapgrad's default */
#define RAW_PER_RAD 1879.3 /* 16 bits for 1000 deg/s */
#define RAW_PER_ACCELERATION 208.84 /* 2048 for 1 g */
#define MICRO 1e-6

static struct bridge bridge;
static double speed, way;

static uint64_t now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static double command(uint16_t pulse_us) {
    return ((double)pulse_us - 1500.0) / 500.0;
}

static int16_t acceleration(double metres) {
    return (int16_t)fmax(-32768, fmin(32767, metres * RAW_PER_ACCELERATION));
}

/* The car after `seconds` under the pulses that are on the pins. */
static void drive(double seconds, uint32_t board_us) {
    double throttle = command(host.throttle_us);
    double before = speed;
    speed += seconds * (THROTTLE_GAIN * throttle - DRAG * speed * fabs(speed));
    if (host.throttle_us == 1500)
        speed = speed > 0 ? fmax(0, speed - seconds * BRAKE) : 0;
    way += seconds * speed;
    int32_t ticks = (int32_t)floor(way / WHEEL_TRAVEL);
    if (ticks != host.wheel.ticks && speed > 0) {
        double since = (way - ticks * WHEEL_TRAVEL) / speed; /* a real board's interrupt sees the edge itself */
        host.wheel = (struct board_wheel){.ticks = ticks, .last_us = board_us - (uint32_t)(since / MICRO)};
    }
    double raw = speed * TURN_GAIN * command(host.steering_us) * RAW_PER_RAD;
    double turn = raw / RAW_PER_RAD;
    host.chip.acceleration[0] = seconds > 0 ? acceleration((speed - before) / seconds) : 0;
    host.chip.acceleration[1] = acceleration(speed * turn);
    host.chip.rate = (int16_t)fmax(-32768, fmin(32767, raw));
}

static int open_terminal(void) {
    int master, slave;
    char name[64];
    struct termios raw;
    if (openpty(&master, &slave, name, NULL, NULL) != 0 || tcgetattr(slave, &raw) != 0)
        return -1;
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    printf("%s\n", name);
    fflush(stdout);
    return master; /* the slave stays open, so that the terminal outlives its users */
}

int main(void) {
    int master = open_terminal();
    if (master < 0) {
        perror("desk: cannot open a terminal");
        return 1;
    }
    host_reset();
    host.sensor = true;
    host.battery_mv = 7600;
    host.steering_us = host.throttle_us = 1500;
    uint64_t start = now_us(), last = start, pulse = start;
    bridge_start(&bridge);
    for (;;) {
        struct pollfd ready = {.fd = master, .events = POLLIN};
        if (poll(&ready, 1, 1) < 0)
            return 1;
        uint8_t bytes[256];
        if (ready.revents & POLLIN) {
            ssize_t count = read(master, bytes, sizeof bytes);
            if (count > 0)
                host_receive(bytes, (uint16_t)count);
        }
        uint64_t now = now_us();
        host.time_us = (uint32_t)(now - start);
        if (now - pulse >= PROTOCOL_PULSE_PERIOD_US) {
            pulse = now;
            host.pulse_periods++;
        }
        drive((double)(now - last) * MICRO, host.time_us);
        last = now;
        do
            bridge_step(&bridge);
        while (host.received_in != host.received_out);
        if (host.sent_count > 0 && write(master, host.sent, host.sent_count) < 0)
            return 1;
        host.sent_count = 0;
    }
}
