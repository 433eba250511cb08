#include "gyro.h"

#include "board.h"

#define ADDRESS 0x68u
#define GYRO_ZOUT 0x47u
#define PERIOD_MS 5u
#define RETRY_MS 500u
#define TRANSFER_MS 10u
#define BIAS_SAMPLES 255u
/* 5 °/s: a car that turns faster is not standing, and its bias must wait */
#define BIAS_MAX 164

/* Register and value, in order: clock from the gyro, 42 Hz low-pass, ±1000 °/s. */
static const uint8_t SETUP[][2] = {{0x6b, 0x01}, {0x1a, 0x03}, {0x1b, 0x10}};
#define SETUP_STEPS (sizeof SETUP / sizeof SETUP[0])

void gyro_reset(struct gyro *gyro) {
    gyro->step = 0;
    gyro->busy_ms = 0;
    gyro->wait_ms = 0;
    gyro->busy = false;
    gyro->samples = 0;
    gyro->sum = 0;
    gyro->bias = 0;
    gyro->valid = false;
    gyro->rate = 0;
    gyro->angle = 0;
}

/* From ±1000 °/s over 16 bits to mrad/s: π/180 / 32.8 · 1000 = 34873 / 2^16. */
static int16_t milliradians(int16_t raw) {
    return (int16_t)((int32_t)raw * 34873 / 65536);
}

static void take(struct gyro *gyro) {
    int16_t raw = (int16_t)((uint16_t)gyro->raw[0] << 8 | gyro->raw[1]);
    if (gyro->samples < BIAS_SAMPLES) {
        if (raw > BIAS_MAX || raw < -BIAS_MAX) {
            gyro->samples = 0;
            gyro->sum = 0;
            return;
        }
        gyro->sum += raw;
        if (++gyro->samples < BIAS_SAMPLES)
            return;
        gyro->bias = (int16_t)(gyro->sum / (int16_t)BIAS_SAMPLES);
        gyro->valid = true;
    }
    int32_t unbiased = (int32_t)raw - gyro->bias;
    unbiased = unbiased > INT16_MAX ? INT16_MAX : unbiased < INT16_MIN ? INT16_MIN : unbiased;
    gyro->rate = milliradians((int16_t)unbiased);
}

static void give_up(struct gyro *gyro) {
    uint32_t angle = gyro->angle;
    gyro_reset(gyro);
    gyro->angle = angle;
    gyro->wait_ms = RETRY_MS;
    board_bus_reset();
}

static void begin(struct gyro *gyro) {
    if (gyro->step < SETUP_STEPS)
        gyro->busy = board_bus_write(ADDRESS, SETUP[gyro->step][0], SETUP[gyro->step][1]);
    else
        gyro->busy = board_bus_read(ADDRESS, GYRO_ZOUT, gyro->raw, sizeof gyro->raw);
    gyro->busy_ms = 0;
    gyro->wait_ms = PERIOD_MS;
    if (!gyro->busy)
        give_up(gyro);
}

void gyro_tick(struct gyro *gyro, uint8_t elapsed_ms) {
    if (gyro->valid) /* mrad/s · ms = µrad */
        gyro->angle += (uint32_t)((int32_t)gyro->rate * elapsed_ms);

    gyro->wait_ms = (uint16_t)(gyro->wait_ms > elapsed_ms ? gyro->wait_ms - elapsed_ms : 0);
    if (!gyro->busy) {
        if (gyro->wait_ms == 0)
            begin(gyro);
        return;
    }
    switch (board_bus_poll()) {
    case BUS_DONE:
        gyro->busy = false;
        if (gyro->step < SETUP_STEPS)
            gyro->step++;
        else
            take(gyro);
        break;
    case BUS_FAILED:
        give_up(gyro);
        break;
    case BUS_BUSY:
        gyro->busy_ms = (uint8_t)(gyro->busy_ms + elapsed_ms);
        if (gyro->busy_ms >= TRANSFER_MS)
            give_up(gyro);
        break;
    }
}
