/*
 * Runs the firmware of the ATmega328P in simavr, in virtual time, step by step as a test orders on standard input, with
 * its UART on a pseudo-terminal. Commands, one per line; each is answered by one line:
 *
 *   OPEN                    -> path of a new pseudo-terminal
 *   CLOSE                   -> ok                       hangs it up, as if the cable were pulled
 *   READ <n>                -> ok                       takes exactly n bytes that the test wrote to it
 *   TAKE                    -> <n>                      takes what another program wrote to it until now: n bytes
 *   FEED <hex>              -> ok                       the same bytes without a terminal
 *   BYTE <cycles>           -> ok                       time of one byte on the line; 640 is 250000 baud
 *   RUN <us>                -> <us> <sent> <edges...>   lets time pass. now; bytes sent to the terminal;
 *                                                       pin:rise_us:width_us of each pulse that ended, pin 1 steering,
 *                                                       2 throttle, 5 LED; 0:us:0 when the chip started anew
 *   POKE <symbol> <value>   -> ok                       writes a 32-bit variable of the firmware
 *   HANG                    -> ok                       the main loop stands still, interrupts go on
 *   FREEZE                  -> ok                       the main loop stands still, interrupts are off
 *   RADIO <0-2> <us>        -> ok                       pulses of that width every 20 ms on a channel; 0: none
 *   WHEEL <us>              -> ok                       encoder ticks this far apart; negative: backwards; 0: standing
 *   BATTERY <mv>            -> ok                       at the input of the converter
 *   GYRO <raw>              -> ok                       the sensor answers with this rate; "GYRO none" unplugs it
 *   ACCEL <x> <y> <z>       -> ok                       accelerations, raw: 2048 is 1 g; at the start 0 0 2048
 *   CHIP <lie>              -> ok                       that sensor is asleep, frozen, saturated, faulty (no
 *                                                       self-test) or honest
 *
 * This file is a test tool and is linked with simavr, so it is distributed under the GNU General Public License,
 * version 3 or later. It is a program of its own: neither the firmware nor anything else of this project is linked with
 * it.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "machine.h"

static int master = -1;
static int slave = -1;

static int fail(const char *what) {
    printf("error %s\n", what);
    return 1;
}

static void hang_up(void) {
    if (master >= 0) {
        close(slave);
        close(master);
    }
    master = slave = -1;
}

/* The slave stays open here too, so that nothing is lost between two openings by the test. */
static bool open_terminal(void) {
    char name[64];
    struct termios raw;
    hang_up();
    if (openpty(&master, &slave, name, NULL, NULL) != 0 || tcgetattr(slave, &raw) != 0)
        return false;
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    printf("%s\n", name);
    return true;
}

static bool read_terminal(int count) {
    uint8_t bytes[512];
    while (count > 0) {
        ssize_t got = read(master, bytes, count < (int)sizeof bytes ? (size_t)count : sizeof bytes);
        if (got <= 0)
            return false;
        machine_feed(bytes, (unsigned)got);
        count -= (int)got;
    }
    printf("ok\n");
    return true;
}

static bool take_terminal(void) {
    uint8_t bytes[512];
    int taken = 0;
    struct pollfd ready = {.fd = master, .events = POLLIN};
    while (poll(&ready, 1, 0) == 1) {
        ssize_t got = read(master, bytes, sizeof bytes);
        if (got <= 0)
            return false;
        machine_feed(bytes, (unsigned)got);
        taken += (int)got;
    }
    printf("%d\n", taken);
    return true;
}

static bool feed_hex(const char *hex) {
    for (; hex[0] > ' ' && hex[1] > ' '; hex += 2) {
        unsigned byte;
        if (sscanf(hex, "%2x", &byte) != 1)
            return false;
        uint8_t one = (uint8_t)byte;
        machine_feed(&one, 1);
    }
    printf("ok\n");
    return true;
}

static bool run(uint64_t us) {
    if (!machine_run(us))
        return false;
    unsigned sent;
    const uint8_t *bytes = machine_sent(&sent);
    /* without a terminal the bytes go nowhere, as on a line that is cut */
    if (master >= 0 && sent > 0 && write(master, bytes, sent) != (ssize_t)sent)
        return false;
    printf("%.3f %u", machine_now_us(), master >= 0 ? sent : 0);
    unsigned count;
    const struct machine_pulse *pulses = machine_pulses(&count);
    for (unsigned i = 0; i < count; i++)
        printf(" %d:%.3f:%.3f", pulses[i].pin, pulses[i].rise_us, pulses[i].width_us);
    printf("\n");
    return true;
}

static bool okay(bool done) {
    if (done)
        printf("ok\n");
    return done;
}

static bool carry_out(char *line) {
    char word[16] = "", text[64] = "";
    long number = 0, second = 0, third = 0;
    sscanf(line, "%15s %63s", word, text);
    sscanf(line, "%*s %ld %ld %ld", &number, &second, &third);
    if (strcmp(word, "RUN") == 0)
        return run((uint64_t)number);
    if (strcmp(word, "READ") == 0)
        return master >= 0 && read_terminal((int)number);
    if (strcmp(word, "TAKE") == 0)
        return master >= 0 && take_terminal();
    if (strcmp(word, "FEED") == 0)
        return feed_hex(line + 5);
    if (strcmp(word, "OPEN") == 0)
        return open_terminal();
    if (strcmp(word, "CLOSE") == 0)
        return hang_up(), okay(true);
    if (strcmp(word, "BYTE") == 0)
        return machine_byte_cycles((unsigned)number), okay(number > 0);
    if (strcmp(word, "HANG") == 0 || strcmp(word, "FREEZE") == 0)
        return okay(machine_hang(word[0] == 'H'));
    if (strcmp(word, "RADIO") == 0)
        return okay(machine_radio((unsigned)number, (unsigned)second));
    if (strcmp(word, "WHEEL") == 0)
        return machine_wheel(number), okay(true);
    if (strcmp(word, "BATTERY") == 0)
        return machine_battery((unsigned)number), okay(true);
    if (strcmp(word, "GYRO") == 0)
        return machine_gyro(strcmp(text, "none") != 0, (int16_t)number), okay(true);
    if (strcmp(word, "ACCEL") == 0)
        return machine_acceleration((int16_t)number, (int16_t)second, (int16_t)third), okay(true);
    if (strcmp(word, "CHIP") == 0)
        return okay(machine_chip(text));
    if (strcmp(word, "POKE") == 0 && sscanf(line, "%*s %*s %li", &number) == 1)
        return okay(machine_poke(text, (uint32_t)number));
    return false;
}

int main(int count, char **words) {
    if (count != 2) {
        fprintf(stderr, "usage: lockstep <firmware.elf>\n");
        return 2;
    }
    if (!machine_load(words[1]))
        return fail("cannot load the firmware");
    setvbuf(stdout, NULL, _IOLBF, 0);
    static char line[140000];
    while (fgets(line, sizeof line, stdin))
        if (!carry_out(line))
            return fail(line);
    return 0;
}
