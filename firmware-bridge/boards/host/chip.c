#include "chip.h"

#define GYRO_RANGE 0x1bu
#define SAMPLE 0x3bu
#define POWER 0x6bu
#define ASLEEP 0x40u
#define SELF_TEST 0x20 /* of the z axis */
#define RESPONSE 5240 /* 40 °/s at ±250 °/s */

void chip_reset(struct chip *chip) {
    *chip = (struct chip){.acceleration = {0, 0, 2048}, .power = ASLEEP, .noise = 1};
}

void chip_sleep(struct chip *chip) {
    chip->power = ASLEEP;
    chip->gyro_range = 0;
}

static void put(uint8_t *bytes, int32_t value) {
    int32_t held = value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value;
    bytes[0] = (uint8_t)((uint16_t)held >> 8);
    bytes[1] = (uint8_t)held;
}

/* 0 or 1. */
static int32_t noise(struct chip *chip) {
    chip->noise = chip->noise * 1664525u + 1013904223u;
    return (int32_t)(chip->noise >> 31);
}

static void measure(struct chip *chip) {
    for (unsigned i = 0; i < sizeof chip->sample; i++)
        chip->sample[i] = 0;
    if (chip->power & ASLEEP)
        return;
    for (unsigned i = 0; i < 3; i++)
        put(chip->sample + 2u * i, chip->acceleration[i]);
    int32_t per_range = 4 >> (chip->gyro_range >> 3 & 3); /* ±250 °/s is four times as fine as ±1000 */
    if (!chip->frozen)
        chip->held = chip->saturated ? INT16_MAX : chip->rate + noise(chip);
    int32_t rate = chip->held * (per_range > 0 ? per_range : 1);
    bool tests = (chip->gyro_range & SELF_TEST) && !chip->faulty;
    put(chip->sample + 12, rate + (tests ? RESPONSE : 0));
}

/* A sample is taken when its first byte is read, so that its bytes belong together. */
uint8_t chip_read(struct chip *chip, uint8_t reg) {
    if (reg == SAMPLE)
        measure(chip);
    if (reg >= SAMPLE && reg < SAMPLE + sizeof chip->sample)
        return chip->sample[reg - SAMPLE];
    return reg == POWER ? chip->power : reg == GYRO_RANGE ? chip->gyro_range : 0;
}

void chip_write(struct chip *chip, uint8_t reg, uint8_t value) {
    if (reg == POWER && !chip->sleeper)
        chip->power = value;
    if (reg == GYRO_RANGE)
        chip->gyro_range = value;
}
