/*
 * What the compiler takes for granted: copying, filling, and division, which this processor has beside it rather than
 * in it.
 */
#include <stddef.h>
#include <stdint.h>

#include "registers.h"

void *memcpy(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
uint32_t __aeabi_uidiv(uint32_t dividend, uint32_t divisor);
uint64_t __aeabi_uidivmod(uint32_t dividend, uint32_t divisor);
int32_t __aeabi_idiv(int32_t dividend, int32_t divisor);
uint64_t __aeabi_idivmod(int32_t dividend, int32_t divisor);
void __aeabi_memcpy(void *to, const void *from, size_t count);
void __aeabi_memcpy4(void *to, const void *from, size_t count);
void __aeabi_memset(void *to, size_t count, int value);
void __aeabi_memclr(void *to, size_t count);
void __aeabi_memclr4(void *to, size_t count);

/* Without the attribute the compiler would turn these loops into calls of themselves. */
__attribute__((no_builtin)) void *memcpy(void *to, const void *from, size_t count) {
    uint8_t *out = to;
    for (const uint8_t *in = from; count > 0; count--)
        *out++ = *in++;
    return to;
}

__attribute__((no_builtin)) void *memset(void *to, int value, size_t count) {
    for (uint8_t *out = to; count > 0; count--)
        *out++ = (uint8_t)value;
    return to;
}

void __aeabi_memcpy(void *to, const void *from, size_t count) {
    memcpy(to, from, count);
}

void __aeabi_memcpy4(void *to, const void *from, size_t count) {
    memcpy(to, from, count);
}

void __aeabi_memset(void *to, size_t count, int value) {
    memset(to, value, count);
}

void __aeabi_memclr(void *to, size_t count) {
    memset(to, 0, count);
}

void __aeabi_memclr4(void *to, size_t count) {
    memset(to, 0, count);
}

/* The divider is done 8 cycles after its divisor is written: section 2.3.1.5. Interrupts must not use it. */
static void wait_for_divider(void) {
    __asm__ volatile("b 1f\n1: b 1f\n1: b 1f\n1: b 1f\n1:");
}

/* Quotient in the first register, remainder in the second: read last, as reading the quotient ends a division. */
static uint64_t result(void) {
    wait_for_divider();
    uint32_t remainder = SIO_DIV_REMAINDER;
    return (uint64_t)remainder << 32 | SIO_DIV_QUOTIENT;
}

uint64_t __aeabi_uidivmod(uint32_t dividend, uint32_t divisor) {
    SIO_DIV_UDIVIDEND = dividend;
    SIO_DIV_UDIVISOR = divisor;
    return result();
}

uint32_t __aeabi_uidiv(uint32_t dividend, uint32_t divisor) {
    return (uint32_t)__aeabi_uidivmod(dividend, divisor);
}

uint64_t __aeabi_idivmod(int32_t dividend, int32_t divisor) {
    SIO_DIV_SDIVIDEND = (uint32_t)dividend;
    SIO_DIV_SDIVISOR = (uint32_t)divisor;
    return result();
}

int32_t __aeabi_idiv(int32_t dividend, int32_t divisor) {
    return (int32_t)(uint32_t)__aeabi_idivmod(dividend, divisor);
}
