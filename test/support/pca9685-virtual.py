"""
The helpers of a PCA9685 (src/links/pca9685/helper.py) with chips that are only registers, in virtual time: what runs on
a robot, but for /dev/i2c and the clock. Arguments: helper.py, settings as JSON, a pipe to read orders from, one to
answer by. The settings are the car as it is; the helpers may be started anew with others. An order is a line of JSON:
slices of time to pass, each [microseconds, bytes that come then in hexadecimal, events]; the answer is one with, for
each, the bytes that the driver sent and the throttle and steering of the outputs.
"""
import importlib.util
import json
import sys

_, path, settings, orders, answers = sys.argv
spec = importlib.util.spec_from_file_location("helper", path)
helper = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(helper)
settings = json.loads(settings)


class Chip:
    """Registers as the data sheet has them after power-on, and what writing does."""

    def __init__(self, _=None):
        self.is_there = True
        self.power_on()

    def power_on(self):
        self.registers = bytearray(256)
        self.registers[0:6] = bytes([0x11, 0x04, 0xE2, 0xE4, 0xE8, 0xE0])
        for channel in range(16):
            self.registers[9 + 4 * channel] = 0x10
        self.registers[0xFE] = 0x1E

    def answer(self):
        if not self.is_there:
            raise OSError(121, "no answer")

    def write(self, register, data):
        self.answer()
        for value in data:
            if register == 0:
                value &= 0x7F
            elif register <= 5 and register >= 2:
                value &= 0xFE
            elif register == 0xFE and not self.registers[0] & 0x10:
                value = self.registers[register]
            elif 6 <= register <= 0x45 and register & 1:
                value &= 0x1F
            self.registers[register] = value
            if self.registers[0] & 0x20:
                register += 1

    def read(self, register, count):
        self.answer()
        step = 1 if self.registers[0] & 0x20 else 0
        return bytes(self.registers[register + i * step] for i in range(count))

    def duty(self, channel):
        on_high, off, off_high = self.registers[7 + 4 * channel : 10 + 4 * channel]
        if self.registers[0] & 0x10 or off_high & 0x10:
            return 0
        return 1 if on_high & 0x10 else (off + 256 * (off_high & 0x0F)) / 4096


chips = {}


def open_chip(address):
    return chips.setdefault(address, Chip())


def part_of(servo):
    """What a servo, or an ESC, makes of its pulse: -1 to 1; None without one."""
    chip = chips[servo["address"]]
    pulse = chip.duty(servo["channel"]) * (chip.registers[0xFE] + 1) * 4096 / 25
    if pulse == 0:
        return None
    low, middle, high = servo["pulses"]
    end = high if (pulse - middle) * (high - middle) > 0 else low
    part = (pulse - middle) / abs(end - middle)
    return part if high > low else -part


def throttle():
    motor = settings["motor"]
    if "pulses" in motor:
        return part_of(motor)
    duties = [chips[motor["address"]].duty(channel) for channel in range(8)]
    forward = duties[1] - duties[2]
    if (duties[6] - duties[5], duties[7]) != (forward, duties[0]):
        raise SystemExit("the two bridges differ: %s" % duties)
    return forward * duties[0] / motor["most"]


now = 0
asleep = {"drive": 0, "guard": 0}


def clock():
    return now / 1e6


# both processes have the same chips: the car of each has its own view of them
def helpers(told):
    return helper.Driver(helper.Car(told, open_chip), clock), helper.Guard(helper.Car(told, open_chip), clock)


drive, guard = helpers(settings)
LOOK = round(1e6 * helper.LOOK)
looks = {"drive": LOOK, "guard": LOOK // 2}
kept = b""

# it computes little, and its host waits
helper.make_real_time()
with open(orders) as asked, open(answers, "w") as told:
    for line in asked:
        results = []
        for passed, data, events in json.loads(line):
            for event, until in events:
                if event in asleep:
                    asleep[event] = until
                elif event == "power":
                    for chip in chips.values():
                        chip.power_on()
                elif event == "start":
                    drive, guard = helpers(until)
                elif event == "bus":
                    for chip in chips.values():
                        chip.is_there = bool(until)
            now += passed
            kept = (kept + bytes.fromhex(data))[-4096:]
            sent = b""
            if now >= asleep["drive"] and (kept or now >= looks["drive"]):
                sent = drive.step(kept)
                kept = b""
                looks["drive"] = now + LOOK
            if now >= asleep["guard"] and now >= looks["guard"]:
                guard.step(b"")
                looks["guard"] = now + LOOK
            results.append([sent.hex(), throttle(), part_of(settings["steering"])])
        told.write(json.dumps(results) + "\n")
        told.flush()
