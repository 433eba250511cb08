#include "wheel.h"

#include "board.h"

#define WINDOW_MS 10u
#define STANDSTILL_US 500000u
#define SHORTEST_US 100u
#define TICKS_MAX 20000 /* in one window: keeps the product below 2^31 */
#define GIGA 1000000000u

void wheel_reset(struct wheel *wheel) {
    struct board_wheel now = board_read_wheel();
    wheel->ticks = now.ticks;
    wheel->speed = 0;
    wheel->last_us = now.last_us;
    wheel->pause_ms = 0;
    wheel->moving = false;
}

static int32_t clamp(int32_t value, int32_t most) {
    return value > most ? most : value < -most ? -most : value;
}

void wheel_tick(struct wheel *wheel, uint32_t now_us, uint8_t elapsed_ms) {
    wheel->pause_ms = (uint8_t)(wheel->pause_ms + elapsed_ms);
    if (wheel->pause_ms < WINDOW_MS)
        return;
    wheel->pause_ms = 0;

    struct board_wheel now = board_read_wheel();
    int32_t ticks = (int32_t)((uint32_t)now.ticks - (uint32_t)wheel->ticks);
    if (ticks != 0) {
        uint32_t took_us = now.last_us - wheel->last_us;
        /* the first tick after a standstill only starts the clock */
        if (wheel->moving && took_us >= SHORTEST_US) {
            int32_t most = took_us < WINDOW_MS * 1000ul ? TICKS_MAX / 100 : TICKS_MAX;
            wheel->speed = clamp(ticks, most) * (int32_t)(GIGA / took_us);
        }
        wheel->ticks = now.ticks;
        wheel->last_us = now.last_us;
        wheel->moving = true;
        return;
    }
    uint32_t silent_us = now_us - wheel->last_us;
    if (!wheel->moving || silent_us >= STANDSTILL_US) {
        wheel->moving = false;
        wheel->speed = 0;
    } else if (silent_us > 0) {
        /* no tick in that time: it cannot be faster than one tick in that time */
        wheel->speed = clamp(wheel->speed, (int32_t)(GIGA / silent_us));
    }
}
