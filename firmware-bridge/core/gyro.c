#include "gyro.h"

#include "board.h"

#define ADDRESS 0x68u
#define FILTER 0x1au
#define GYRO_RANGE 0x1bu
#define ACCEL_RANGE 0x1cu
#define SAMPLE 0x3bu
#define POWER 0x6bu
#define ASLEEP 0x40u

#define PERIOD_MS 5u
#define SETTLE_MS 60u /* of the 42 Hz low-pass */
#define RETRY_MS 500u
/* some passes of the main loop that carry out a burst of frames may lie in it */
#define TRANSFER_MS 30u
#define BIAS_SAMPLES 255u
/* 5 °/s: a car that turns faster is not standing, and its bias must wait */
#define BIAS_MAX 164
/* 2 °/s from lowest to highest: a car that comes to rest is not standing either */
#define BIAS_SPREAD 66
#define WINDOW 64u
/* 15 °/s at ±250 °/s: the least response to the self-test is 25 °/s less a seventh */
#define SELF_TEST_LEAST 1966
#define FULL_SCALE 32760
#define FULL_SAMPLES 4u
#define SAME_SAMPLES 100u
#define ZERO_SAMPLES 8u
#define POWER_SAMPLES 32u

/*
 * In order: register, value, and the time after it; SAMPLE and POWER without a value are read and looked at. Clock from
 * the gyro, is it awake, 42 Hz low-pass, ±16 g, self-test at ±250 °/s, then ±1000 °/s.
 */
#define READ 0xffu
static const struct {
    uint8_t reg, value, settle_ms;
} SETUP[] = {
    {POWER, 0x01, PERIOD_MS},       {POWER, READ, PERIOD_MS},       {FILTER, 0x03, PERIOD_MS},
    {ACCEL_RANGE, 0x18, PERIOD_MS}, {GYRO_RANGE, 0x00, SETTLE_MS},  {SAMPLE, READ, PERIOD_MS},
    {GYRO_RANGE, 0xe0, SETTLE_MS},  {SAMPLE, READ, PERIOD_MS},      {GYRO_RANGE, 0x10, SETTLE_MS},
};
#define SETUP_STEPS (sizeof SETUP / sizeof SETUP[0])
#define SELF_TESTED 7u

void gyro_reset(struct gyro *gyro) {
    *gyro = (struct gyro){.until_power = POWER_SAMPLES};
}

/* From ±1000 °/s over 16 bits to mrad/s: π/180 / 32.8 · 1000 = 34873 / 2^16. */
static int16_t milliradians(int16_t raw) {
    return (int16_t)((int32_t)raw * 34873 / 65536);
}

/* To rad/s / 10000, as far as 16 bits go. */
static int32_t fine(int32_t raw) {
    int32_t most = raw > 6000 ? 6000 : raw < -6000 ? -6000 : raw;
    return most * 34873 / 6554;
}

static int16_t yaw(const struct gyro *gyro) {
    return (int16_t)((uint16_t)gyro->sample[12] << 8 | gyro->sample[13]);
}

/* Begins anew after a while; `health` says why, as far as that is known. */
static void give_up(struct gyro *gyro, uint8_t health) {
    uint32_t angle = gyro->angle;
    gyro_reset(gyro);
    gyro->angle = angle;
    gyro->health = health;
    gyro->wait_ms = RETRY_MS;
    board_bus_reset();
}

static void describe(struct gyro *gyro, int16_t raw) {
    if (gyro->window.count == 0) {
        gyro->window.sum = 0;
        gyro->window.low = gyro->window.high = raw;
    }
    gyro->window.sum += raw;
    if (raw < gyro->window.low)
        gyro->window.low = raw;
    if (raw > gyro->window.high)
        gyro->window.high = raw;
    if (++gyro->window.count < WINDOW)
        return;
    gyro->window.count = 0;
    gyro->mean = (int16_t)fine(gyro->window.sum / (int16_t)WINDOW - gyro->bias);
    gyro->spread = (uint16_t)fine((int32_t)gyro->window.high - gyro->window.low);
    gyro->described = gyro->valid;
}

static uint8_t count(bool seen, uint8_t before) {
    return (uint8_t)(!seen ? 0 : before == UINT8_MAX ? before : before + 1u);
}

static void judge(struct gyro *gyro, int16_t raw) {
    bool zero = true;
    for (uint8_t i = 0; i < GYRO_SAMPLE_SIZE; i++)
        zero = zero && gyro->sample[i] == 0;
    gyro->zeros = count(zero, gyro->zeros);
    bool full = raw >= FULL_SCALE || raw <= -FULL_SCALE;
    gyro->full = count(full, gyro->full);
    gyro->same = count(raw == gyro->last && !full, gyro->same);
    gyro->last = raw;
    uint8_t kept = gyro->valid ? 0 : gyro->health & (HEALTH_GYRO_ASLEEP | HEALTH_GYRO_SELF_TEST);
    gyro->health = kept;
    if (gyro->full >= FULL_SAMPLES)
        gyro->health |= HEALTH_GYRO_SATURATED;
    if (gyro->same >= SAME_SAMPLES)
        gyro->health |= HEALTH_GYRO_FROZEN;
}

/* Whether the bias is known with this sample. */
static bool find_bias(struct gyro *gyro, int16_t raw) {
    if (gyro->samples == BIAS_SAMPLES)
        return true;
    if (gyro->samples == 0)
        gyro->lowest = gyro->highest = raw;
    if (raw < gyro->lowest)
        gyro->lowest = raw;
    if (raw > gyro->highest)
        gyro->highest = raw;
    if (raw > BIAS_MAX || raw < -BIAS_MAX || gyro->highest - gyro->lowest > BIAS_SPREAD) {
        gyro->samples = 0;
        gyro->sum = 0;
        gyro->window.count = 0; /* so that a window ends just after the bias is known */
        return false;
    }
    gyro->sum += raw;
    if (++gyro->samples < BIAS_SAMPLES)
        return false;
    gyro->bias = (int16_t)(gyro->sum / (int16_t)BIAS_SAMPLES);
    gyro->valid = true;
    return true;
}

static void take(struct gyro *gyro) {
    int16_t raw = yaw(gyro);
    judge(gyro, raw);
    if (gyro->zeros >= ZERO_SAMPLES) {
        give_up(gyro, HEALTH_GYRO_ASLEEP);
        return;
    }
    bool known = find_bias(gyro, raw);
    describe(gyro, raw);
    if (!known)
        return;
    int32_t unbiased = (int32_t)raw - gyro->bias;
    unbiased = unbiased > INT16_MAX ? INT16_MAX : unbiased < INT16_MIN ? INT16_MIN : unbiased;
    gyro->rate = milliradians((int16_t)unbiased);
}

static bool reads_power(const struct gyro *gyro) {
    return gyro->step < SETUP_STEPS ? SETUP[gyro->step].reg == POWER : gyro->until_power == 0;
}

static void begin(struct gyro *gyro) {
    bool sets_up = gyro->step < SETUP_STEPS;
    if (sets_up && SETUP[gyro->step].value != READ)
        gyro->busy = board_bus_write(ADDRESS, SETUP[gyro->step].reg, SETUP[gyro->step].value);
    else if (reads_power(gyro))
        gyro->busy = board_bus_read(ADDRESS, POWER, &gyro->power, 1);
    else
        gyro->busy = board_bus_read(ADDRESS, SAMPLE, gyro->sample, GYRO_SAMPLE_SIZE);
    gyro->busy_ms = 0;
    gyro->wait_ms = sets_up ? SETUP[gyro->step].settle_ms : PERIOD_MS;
    if (!gyro->busy)
        give_up(gyro, 0);
}

/* What a step of the set-up read. */
static void look_at_setup(struct gyro *gyro) {
    uint8_t step = gyro->step++;
    if (SETUP[step].reg != SAMPLE)
        return;
    int32_t response = (int32_t)yaw(gyro) - gyro->untested;
    if (step < SELF_TESTED)
        gyro->untested = yaw(gyro);
    else if (response < SELF_TEST_LEAST && response > -SELF_TEST_LEAST)
        give_up(gyro, HEALTH_GYRO_SELF_TEST);
}

/* A transfer is done; whether it brought a sample of normal running. */
static bool finish(struct gyro *gyro) {
    gyro->busy = false;
    if (reads_power(gyro)) {
        gyro->until_power = POWER_SAMPLES;
        bool wrote = gyro->step < SETUP_STEPS && SETUP[gyro->step].value != READ;
        if (!wrote && (gyro->power & ASLEEP)) {
            give_up(gyro, HEALTH_GYRO_ASLEEP);
            return false;
        }
        gyro->step = (uint8_t)(gyro->step + (gyro->step < SETUP_STEPS));
        return false;
    }
    if (gyro->step < SETUP_STEPS) {
        look_at_setup(gyro);
        return false;
    }
    gyro->until_power--;
    take(gyro);
    return gyro->step == SETUP_STEPS;
}

bool gyro_tick(struct gyro *gyro, uint8_t elapsed_ms) {
    if (gyro->valid) /* mrad/s · ms = µrad */
        gyro->angle += (uint32_t)((int32_t)gyro->rate * elapsed_ms);

    gyro->wait_ms = (uint16_t)(gyro->wait_ms > elapsed_ms ? gyro->wait_ms - elapsed_ms : 0);
    if (!gyro->busy) {
        if (gyro->wait_ms == 0)
            begin(gyro);
        return false;
    }
    switch (board_bus_poll()) {
    case BUS_DONE:
        return finish(gyro);
    case BUS_FAILED:
        give_up(gyro, 0);
        break;
    case BUS_BUSY:
        gyro->busy_ms = (uint8_t)(gyro->busy_ms + elapsed_ms);
        if (gyro->busy_ms >= TRANSFER_MS)
            give_up(gyro, 0);
        break;
    }
    return false;
}
