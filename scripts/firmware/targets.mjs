/** What is built of firmware-bridge/, with which compiler and flags. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { flashImage, seal, uf2 } from "./rp2040.mjs";
import { vectorsHeader } from "./vectors.mjs";

export const OUT = "build/firmware";
const SOURCE = "firmware-bridge";

const STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion"];
const SMALL = ["-Os", "-g", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"];
const CHECKED = ["-g", "-O1", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all", `-I${SOURCE}/core`, `-I${OUT}`];

/** Writes an image made of an ELF file that was just built. */
const convert = (from, to, make) => () => writeFileSync(to, make(readFileSync(from)));

function writeVectors() {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(`${OUT}/vectors.h`, vectorsHeader());
}

/**
 * By name: the tool chain, the files made (the first is what tests use), and the steps: a command whose arguments may
 * contain `folder/*.c`, or a function.
 */
export const targets = {
  atmega328p: {
    what: "firmware for Arduino Uno and Nano",
    toolchain: "avr",
    outputs: [`${OUT}/atmega328p.elf`, `${OUT}/atmega328p.hex`],
    steps: [
      ["avr-gcc", "-mmcu=atmega328p", "-DF_CPU=16000000ul", ...STRICT, ...SMALL, "-o", `${OUT}/atmega328p.elf`].concat(
        `${SOURCE}/main.c`,
        `${SOURCE}/core/*.c`,
        `${SOURCE}/boards/atmega328p/*.c`,
      ),
      ["avr-objcopy", "-O", "ihex", "-R", ".eeprom", `${OUT}/atmega328p.elf`, `${OUT}/atmega328p.hex`],
      ["avr-size", `${OUT}/atmega328p.elf`],
    ],
  },
  rp2040: {
    what: "firmware for RP2040 boards",
    toolchain: "arm",
    outputs: [`${OUT}/rp2040.elf`, `${OUT}/rp2040.uf2`],
    steps: [
      [
        "clang",
        "--target=thumbv6m-none-eabi",
        "-mcpu=cortex-m0plus",
        "-ffreestanding",
        "-nostdlib",
        "-fuse-ld=lld",
        ...STRICT,
        ...SMALL,
      ]
        .concat(`-Wl,-T,${SOURCE}/boards/rp2040/flash.ld`, "-o", `${OUT}/rp2040.elf`)
        .concat(`${SOURCE}/main.c`, `${SOURCE}/core/*.c`, `${SOURCE}/boards/rp2040/*.c`),
      convert(`${OUT}/rp2040.elf`, `${OUT}/rp2040.elf`, seal),
      convert(`${OUT}/rp2040.elf`, `${OUT}/rp2040.uf2`, (elf) => uf2(flashImage(elf))),
    ],
  },
  host: {
    what: "the core on this computer, with its tests, under sanitizers",
    toolchain: "sanitizers",
    outputs: [`${OUT}/core-test`],
    steps: [
      writeVectors,
      ["clang", ...STRICT, ...CHECKED, "-fsanitize=address,undefined", "-o", `${OUT}/core-test`].concat(
        `${SOURCE}/core/*.c`,
        `${SOURCE}/boards/host/*.c`,
        `${SOURCE}/test/core/*.c`,
      ),
    ],
  },
  fuzz: {
    what: "the core under the fuzzer",
    toolchain: "sanitizers",
    outputs: [`${OUT}/core-fuzz`],
    steps: [
      ["clang", ...STRICT, ...CHECKED, "-O2", "-fsanitize=fuzzer,address,undefined", "-o", `${OUT}/core-fuzz`].concat(
        `${SOURCE}/core/*.c`,
        `${SOURCE}/boards/host/*.c`,
        `${SOURCE}/test/fuzz/*.c`,
      ),
    ],
  },
  desk: {
    what: "a car on the desk: the core on this computer, on a terminal, in real time",
    toolchain: "native",
    outputs: [`${OUT}/desk`],
    steps: [
      ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", `${OUT}/desk`].concat(
        `${SOURCE}/core/*.c`,
        `${SOURCE}/boards/host/*.c`,
        `${SOURCE}/desk/*.c`,
        "-lutil",
        "-lm",
      ),
    ],
  },
  lockstep: {
    what: "the simulator that runs the ATmega328P's firmware in tests",
    toolchain: "simavr",
    outputs: [`${OUT}/lockstep`],
    steps: [
      [
        "gcc",
        "-std=gnu11",
        "-O2",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-isystem",
        "/usr/include/simavr",
        "-o",
        `${OUT}/lockstep`,
      ].concat(`${SOURCE}/sim/*.c`, `${SOURCE}/boards/host/chip.c`, "-lsimavr", "-lelf", "-lutil"),
    ],
  },
};
