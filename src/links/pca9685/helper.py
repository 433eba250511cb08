"""
Drives a PCA9685 over /dev/i2c for lapgrad, and turns silence into neutral (docs/pca9685.md). Python's standard library
only. Two processes run this file: `drive` takes commands from a pipe and writes them to the chip, `guard` only watches.
Each sees over the bus that the other one lives: by a counter in a register of the chip that drives nothing. A third
register says whether the car may move; whoever finds something wrong writes neutral and takes that back.

    python3 helper.py drive|guard '{"bus": 1, "steering": {...}, "motor": {...}}'

`drive` reads frames of ten bytes from stdin and answers each newest one on stdout; stderr is one line for people:
"ready", or what is wrong. A frame: 0xa5, kind, sequence (u16), two numbers (i16), CRC-16/CCITT of these eight bytes
(u16), all little-endian.
"""
import binascii
import ctypes
import errno
import fcntl
import json
import os
import select
import struct
import sys
import time

# Silence of the pipe, and of the other process, after which the car gets neutral; a pause of this process itself [s].
SILENT = 0.15
STALE = 0.1
LATE = 0.08
# Both look at least this often [s].
LOOK = 0.01
# Neutral before it is armed [s].
NEUTRAL = 0.3
# So many looks in a row at which the bus fails are a fault of it.
FAILURES = 3
# One unit of a command.
UNIT = 10000

# Registers of the PCA9685. The three sub-addresses are not used as such (their bits of MODE1 are 0): bits 7 to 1 of
# them are memory that drives nothing. After power-on they are 0xe2, 0xe4, 0xe8.
MODE1 = 0x00
DRIVE_COUNT = 0x02
GUARD_COUNT = 0x03
STOPPED = 0x04
CHANNEL_0 = 0x06
PRE_SCALE = 0xFE
AUTO_INCREMENT = 0x20
SLEEP = 0x10
RESTART = 0x80
# of STOPPED: the car may move; anything else: it may not
MAY_MOVE = 0x00
MAY_NOT = 0xFE
FULL = 4096
OSCILLATOR = 25e6
OSCILLATOR_STARTS = 0.0005

# What the host says, and what it is told.
SAYS_NEUTRAL, SAYS_DRIVE, SAYS_ARM, SAYS_DISARM = 1, 2, 3, 4
IS_READY, IS_ARMED = 1, 2
# Why it stopped by itself.
NONE, SILENCE, GUARD, PAUSED, RESET, BUS = 0, 1, 2, 3, 4, 5
FRAME = struct.Struct("<BBHhh")
HEAD = 0xA5
SIZE = FRAME.size + 2

I2C_SLAVE = 0x0703
I2C_RDWR = 0x0707
I2C_M_RD = 1


class Message(ctypes.Structure):
    _fields_ = [
        ("address", ctypes.c_uint16),
        ("flags", ctypes.c_uint16),
        ("length", ctypes.c_uint16),
        ("buffer", ctypes.POINTER(ctypes.c_char)),
    ]


class Messages(ctypes.Structure):
    _fields_ = [("messages", ctypes.POINTER(Message)), ("count", ctypes.c_uint32)]


class Device:
    """A chip behind /dev/i2c; every transfer is one that the other process cannot come between."""

    def __init__(self, bus, address):
        self.address = address
        self.file = os.open("/dev/i2c-%d" % bus, os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(self.file, I2C_SLAVE, address)

    def lock(self):
        """Nobody else who asks may drive by this bus; held until this process ends."""
        fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def write(self, register, data):
        os.write(self.file, bytes([register]) + bytes(data))

    def read(self, register, count):
        asked = ctypes.create_string_buffer(bytes([register]), 1)
        answer = ctypes.create_string_buffer(count)
        pointer = ctypes.POINTER(ctypes.c_char)
        messages = (Message * 2)(
            Message(self.address, 0, 1, ctypes.cast(asked, pointer)),
            Message(self.address, I2C_M_RD, count, ctypes.cast(answer, pointer)),
        )
        fcntl.ioctl(self.file, I2C_RDWR, Messages(messages, 2))
        return answer.raw


def pre_scale(frequency):
    return round(OSCILLATOR / (FULL * frequency)) - 1


def channel(on_for):
    """The four registers of a channel that is on for so many of 4096 parts of a period."""
    if on_for <= 0:
        return struct.pack("<HH", 0, FULL)
    if on_for >= FULL:
        return struct.pack("<HH", FULL, 0)
    return struct.pack("<HH", 0, on_for)


def between(low, middle, high, part):
    return middle + (part * (high - middle) if part >= 0 else part * (middle - low))


class Servo:
    """A pulse on one channel: {"address", "frequency", "channel", "pulses": [at -1, at 0, at 1] in microseconds}."""

    def __init__(self, settings, chips):
        self.chip = chips[settings["address"]]
        self.register = CHANNEL_0 + 4 * settings["channel"]
        self.pulses = settings["pulses"]
        # of a period per microsecond, as the chip can make it
        self.parts = 1e-6 * OSCILLATOR / (pre_scale(settings["frequency"]) + 1)

    def set(self, part):
        self.chip.write(self.register, channel(round(self.parts * between(*self.pulses, part))))


class Bridges:
    """The H-bridges of Waveshare's AI board on channels 0 to 7: {"address", "frequency", "most": duty at 1, signed}."""

    def __init__(self, settings, chips):
        self.chip = chips[settings["address"]]
        self.most = settings["most"]

    def set(self, part):
        wanted = self.most * part
        duty = round(FULL * abs(wanted))
        ahead, back = (FULL, 0) if wanted > 0 else (0, FULL)
        forward, backward = (duty, 0) if wanted > 0 else (0, duty)
        # at rest every line is low
        if duty == 0:
            ahead = back = 0
        values = (duty, ahead, back, backward, forward, back, ahead, duty)
        self.chip.write(CHANNEL_0, b"".join(map(channel, values)))


class Car:
    """Steering and motor on one chip or two. What both processes share stands on the motor's."""

    def __init__(self, settings, open_chip):
        steering, motor = settings["steering"], settings["motor"]
        self.frequencies = {part["address"]: part["frequency"] for part in (steering, motor)}
        chips = {address: open_chip(address) for address in self.frequencies}
        self.chips = chips
        self.shared = chips[motor["address"]]
        self.steering = Servo(steering, chips)
        self.motor = Bridges(motor, chips) if "most" in motor else Servo(motor, chips)

    def begin(self):
        """Awake, at its frequency, neutral; it may not move."""
        for address, chip in self.chips.items():
            chip.write(MODE1, [AUTO_INCREMENT | SLEEP])
            chip.write(PRE_SCALE, [pre_scale(self.frequencies[address])])
        self.neutral()
        for chip in self.chips.values():
            chip.write(MODE1, [AUTO_INCREMENT])
        time.sleep(OSCILLATOR_STARTS)
        for chip in self.chips.values():
            chip.write(MODE1, [AUTO_INCREMENT | RESTART])

    def set(self, throttle, steering):
        self.steering.set(steering)
        self.motor.set(throttle)

    def neutral(self):
        """The motor first; then nobody may move it."""
        self.motor.set(0)
        self.shared.write(STOPPED, [MAY_NOT])
        self.steering.set(0)

    def look(self):
        """Whether a chip started anew, both counters, and whether the car may move."""
        mode, _, drive, guard, stopped = self.shared.read(MODE1, 5)
        modes = [mode] + [chip.read(MODE1, 1)[0] for chip in self.chips.values() if chip is not self.shared]
        is_new = any(one & SLEEP or not one & AUTO_INCREMENT for one in modes)
        return is_new, drive, guard, stopped == MAY_MOVE


class Pulse:
    """A counter in a register: this process's own, or the other one's."""

    def __init__(self, now):
        self.value = None
        self.at = now

    def see(self, value, now):
        if value != self.value:
            self.value, self.at = value, now

    def next(self):
        self.value = ((self.value or 0) + 2) & 0xFE
        return self.value


class Driver:
    """Carries out what the host says. `step` is called at least every LOOK, with what has come, and answers frames."""

    def __init__(self, car, clock):
        self.car, self.clock = car, clock
        now = clock()
        self.own, self.guard = Pulse(now), Pulse(now)
        self.heard = self.stepped = now
        self.is_armed = False
        self.reason = NONE
        self.failures = 0
        self.bytes = b""
        car.begin()
        self.neutral_since = clock()

    def stop(self, reason=NONE):
        self.is_armed = False
        self.neutral_since = self.clock()
        if reason != NONE:
            self.reason = reason
        self.car.neutral()

    def step(self, data):
        now = self.clock()
        frames = self.frames(data)
        try:
            if self.failures >= FAILURES:
                self.car.begin()  # the bus is there again, with the last pulse on the chip
            self.check(now)
            for frame in frames[-1:]:
                self.take(now, frame)
            self.car.shared.write(DRIVE_COUNT, [self.own.next()])
            # it was stopped between looking and writing, perhaps: what it wrote is old
            if self.is_armed and self.clock() - now > LATE:
                self.stop(PAUSED)
            self.failures = 0
        except OSError:
            self.fail()
        self.stepped = now
        return b"".join(self.answer(frame[1]) for frame in frames[-1:])

    def fail(self):
        self.failures += 1
        if self.failures < FAILURES:
            return
        self.is_armed, self.reason = False, BUS
        self.neutral_since = self.clock()

    def check(self, now):
        is_new, _, guard, may_move = self.car.look()
        self.guard.see(guard, now)
        if is_new:
            self.car.begin()
            self.stop(RESET)
        if not self.is_armed:
            return
        if now - self.stepped > LATE:
            self.stop(PAUSED)
        elif not may_move or now - self.guard.at > STALE:
            self.stop(GUARD)
        elif now - self.heard > SILENT:
            self.stop(SILENCE)

    def take(self, now, frame):
        kind, _, throttle, steering = frame
        self.heard = now
        if kind == SAYS_DRIVE and self.is_armed:
            self.car.set(throttle / UNIT, steering / UNIT)
        elif kind == SAYS_ARM:
            self.arm(now)
        elif kind == SAYS_DISARM and self.is_armed:
            self.stop()
        elif self.is_armed:
            self.car.motor.set(0)
            self.car.steering.set(0)

    def arm(self, now):
        if self.is_armed or now - self.neutral_since < NEUTRAL:
            return
        if now - self.guard.at > STALE:
            self.reason = GUARD
            return
        self.reason = NONE
        self.car.motor.set(0)
        self.car.shared.write(STOPPED, [MAY_MOVE])
        self.is_armed = True

    def frames(self, data):
        """The whole frames that came: (kind, sequence, first, second)."""
        self.bytes = (self.bytes + data)[-64 * SIZE :]
        found = []
        while len(self.bytes) >= SIZE:
            body, check = self.bytes[: FRAME.size], self.bytes[FRAME.size : SIZE]
            if body[0] == HEAD and struct.unpack("<H", check)[0] == binascii.crc_hqx(body, 0xFFFF):
                found.append(FRAME.unpack(body)[1:])
                self.bytes = self.bytes[SIZE:]
            else:
                self.bytes = self.bytes[1:]
        return found

    def answer(self, sequence):
        body = FRAME.pack(HEAD, IS_ARMED if self.is_armed else IS_READY, sequence, self.reason, 0)
        return body + struct.pack("<H", binascii.crc_hqx(body, 0xFFFF))

    def end(self):
        self.stop()


class Guard:
    """Gives neutral where the driver is silent, and for as long as the car may not move."""

    def __init__(self, car, clock):
        self.car, self.clock = car, clock
        now = clock()
        self.own, self.driver = Pulse(now), Pulse(now)

    def step(self, _):
        now = self.clock()
        try:
            _, driver, _, may_move = self.car.look()
            self.driver.see(driver, now)
            if now - self.driver.at > STALE:
                self.car.neutral()
            elif not may_move:
                # it may be armed at this moment: that is not taken back
                self.car.motor.set(0)
            self.car.shared.write(GUARD_COUNT, [self.own.next()])
        except OSError:
            pass  # the driver finds it too, and its silence stops the car once the bus is there again
        return b""

    def end(self):
        self.car.neutral()


def run(role):
    """Steps until stdin ends; then neutral."""
    os.set_blocking(0, False)
    while True:
        select.select([0], [], [], LOOK)
        try:
            data = os.read(0, 4096)
        except BlockingIOError:
            data = None
        if data == b"":
            break
        answer = role.step(data or b"")
        if answer:
            try:
                os.write(1, answer)
            except BlockingIOError:
                pass  # nobody reads: the host hangs, and its silence tells
            except OSError:
                break
    role.end()


def explained(error, settings):
    path = "/dev/i2c-%d" % settings["bus"]
    addresses = " and ".join(sorted({hex(settings[part]["address"]) for part in ("steering", "motor")}))
    if error.errno == errno.ENOENT:
        return "there is no %s: switch I2C on, or name another bus with --pca9685 bus=…" % path
    if error.errno == errno.EACCES:
        return "%s may not be opened: sudo usermod -aG i2c $USER, then log in anew" % path
    if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
        return "%s is in use: another lapgrad, perhaps, drives by it; lapgrad stop" % path
    if error.errno == errno.EBUSY:
        return "a driver of the kernel has the PCA9685 on %s: end what uses it" % path
    if error.errno in (errno.ENXIO, errno.EREMOTEIO, errno.EIO, errno.ETIMEDOUT):
        return "no PCA9685 answers on %s at %s: check its power, cable and board (i2cdetect -y %d)" % (
            path,
            addresses,
            settings["bus"],
        )
    return "%s: %s" % (path, error.strerror)


def make_real_time():
    """Above whatever computes on this machine, where that is allowed."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(2))
    except OSError:
        pass


def main(name, settings):
    try:
        car = Car(settings, lambda address: Device(settings["bus"], address))
        if name == "drive":
            car.shared.lock()
        role = {"drive": Driver, "guard": Guard}[name](car, time.monotonic)
    except OSError as error:
        print(explained(error, settings), file=sys.stderr, flush=True)
        return 1
    make_real_time()
    print("ready", file=sys.stderr, flush=True)
    run(role)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], json.loads(sys.argv[2])))
