/* The registers of the RP2040 that this port uses; names and sections as in its datasheet. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))
/* Aliases that set or clear single bits, section 2.1.2. */
#define SET(reg) (*(volatile uint32_t *)((uintptr_t)&(reg) + 0x2000u))
#define CLEAR(reg) (*(volatile uint32_t *)((uintptr_t)&(reg) + 0x3000u))

#define CLK_REF_CTRL REG(0x40008030u)
#define CLK_REF_SELECTED REG(0x40008038u)
#define CLK_SYS_CTRL REG(0x4000803cu)
#define CLK_SYS_SELECTED REG(0x40008044u)
#define CLK_PERI_CTRL REG(0x40008048u)
#define CLK_ADC_CTRL REG(0x40008060u)
#define CLOCK_ENABLE (1u << 11)

#define RESETS_RESET REG(0x4000c000u)
#define RESETS_DONE REG(0x4000c008u)
#define RESET_ADC (1u << 0)
#define RESET_I2C0 (1u << 3)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PLL_USB (1u << 13)
#define RESET_PWM (1u << 14)
#define RESET_TIMER (1u << 21)
#define RESET_UART0 (1u << 22)

#define PSM_WDSEL REG(0x40010008u)
/* All but the two oscillators. */
#define PSM_ALL 0x0001fffcu

#define IO_CTRL(pin) REG(0x40014004u + 8u * (pin))
#define IO_INTR(group) REG(0x400140f0u + 4u * (group)) /* eight pins of four bits each */
#define IO_PROC0_INTE(group) REG(0x40014100u + 4u * (group))
#define IO_PROC0_INTS(group) REG(0x40014120u + 4u * (group))
#define EDGE_LOW 4u
#define EDGE_HIGH 8u
#define FUNCTION_UART 2u
#define FUNCTION_I2C 3u
#define FUNCTION_PWM 4u
#define FUNCTION_SIO 5u
#define FUNCTION_NONE 31u

#define PAD(pin) REG(0x4001c004u + 4u * (pin))
#define PAD_INPUT 0x40u
#define PAD_PULL_UP 0x08u
#define PAD_SCHMITT 0x02u
#define PAD_OUTPUT_OFF 0x80u

#define XOSC_CTRL REG(0x40024000u)
#define XOSC_STATUS REG(0x40024004u)
#define XOSC_STARTUP REG(0x4002400cu)

#define PLL_USB_CS REG(0x4002c000u)
#define PLL_USB_PWR REG(0x4002c004u)
#define PLL_USB_FBDIV REG(0x4002c008u)
#define PLL_USB_PRIM REG(0x4002c00cu)

#define UART0_DR REG(0x40034000u)
#define UART0_FR REG(0x40034018u)
#define UART0_IBRD REG(0x40034024u)
#define UART0_FBRD REG(0x40034028u)
#define UART0_LCR_H REG(0x4003402cu)
#define UART0_CR REG(0x40034030u)

#define I2C0_CON REG(0x40044000u)
#define I2C0_TAR REG(0x40044004u)
#define I2C0_DATA_CMD REG(0x40044010u)
#define I2C0_SS_SCL_HCNT REG(0x40044014u)
#define I2C0_SS_SCL_LCNT REG(0x40044018u)
#define I2C0_RAW_INTR_STAT REG(0x40044034u)
#define I2C0_CLR_INTR REG(0x40044040u)
#define I2C0_ENABLE REG(0x4004406cu)
#define I2C0_RXFLR REG(0x40044078u)

#define ADC_CS REG(0x4004c000u)
#define ADC_RESULT REG(0x4004c004u)

/* Slice 1: channel A is GP2, channel B GP3. */
#define PWM1_CSR REG(0x40050014u)
#define PWM1_DIV REG(0x40050018u)
#define PWM1_CTR REG(0x4005001cu)
#define PWM1_CC REG(0x40050020u)
#define PWM1_TOP REG(0x40050024u)
#define PWM_INTR REG(0x400500a4u)

#define TIMER_TIMERAWL REG(0x40054028u)

#define WATCHDOG_CTRL REG(0x40058000u)
#define WATCHDOG_LOAD REG(0x40058004u)
#define WATCHDOG_REASON REG(0x40058008u)
#define WATCHDOG_SCRATCH0 REG(0x4005800cu)
#define WATCHDOG_SCRATCH4 REG(0x4005801cu)
#define WATCHDOG_TICK REG(0x4005802cu)

#define ROSC_RANDOMBIT REG(0x4006001cu)
#define CHIP_RESET REG(0x40064008u)

#define SIO_GPIO_IN REG(0xd0000004u)
#define SIO_GPIO_OUT_SET REG(0xd0000014u)
#define SIO_GPIO_OUT_CLR REG(0xd0000018u)
#define SIO_GPIO_OE_SET REG(0xd0000024u)
#define SIO_GPIO_OE_CLR REG(0xd0000028u)
#define SIO_DIV_UDIVIDEND REG(0xd0000060u)
#define SIO_DIV_UDIVISOR REG(0xd0000064u)
#define SIO_DIV_SDIVIDEND REG(0xd0000068u)
#define SIO_DIV_SDIVISOR REG(0xd000006cu)
#define SIO_DIV_QUOTIENT REG(0xd0000070u)
#define SIO_DIV_REMAINDER REG(0xd0000074u)

#define NVIC_ISER REG(0xe000e100u)
#define IRQ_IO_BANK0 13u

#endif
