/*
 * The second-stage loader: the boot ROM copies the first 256 bytes of flash to memory and runs them there. It makes the
 * flash readable as memory, with the plain read command 03h that every chip knows, and goes on at the vectors. RP2040
 * datasheet, sections 2.8.1 and 4.10.
 */
void loader(void) __attribute__((naked, used, section(".loader")));
void loader(void) {
    __asm__ volatile(
        "ldr r0, =0x18000000\n" /* SSI */
        "movs r1, #0\n"
        "str r1, [r0, #0x08]\n" /* SSIENR: off while it is set up */
        "movs r1, #4\n"
        "str r1, [r0, #0x14]\n" /* BAUDR: a quarter of the clock */
        "ldr r1, =0x001f0300\n" /* CTRLR0: frames of 32 bits, one line, command and address then read */
        "str r1, [r0, #0x00]\n"
        "movs r1, #0\n"
        "str r1, [r0, #0x04]\n" /* CTRLR1: one frame per read */
        "ldr r1, =0x03000218\n" /* SPI_CTRLR0: command 03h of 8 bits, address of 24 */
        "movs r2, #0xf4\n"
        "str r1, [r0, r2]\n"
        "movs r1, #1\n"
        "str r1, [r0, #0x08]\n"
        "ldr r0, =0x10000100\n" /* the vectors: stack, then reset */
        "ldr r1, =0xe000ed08\n" /* VTOR */
        "str r0, [r1]\n"
        "ldmia r0, {r0, r1}\n"
        "msr msp, r0\n"
        "bx r1\n"
        ".ltorg\n");
}
