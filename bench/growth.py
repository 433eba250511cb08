"""
The benchmark's case in PyTorch: a rollout of the car and its gradient by automatic differentiation, in float64, for
scripts/growth.mjs. The gradient goes through the plant: with a model of the same parameters the core has the same.
Usage: python3 growth.py <case file> <width> <batch> <repeats>
Prints JSON: loss, norm of the gradient, seconds of the fastest repetition, bytes that were resident at most.
"""
import json
import math
import resource
import sys
import time

import numpy
import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
path, width, batch, repeats = sys.argv[1], *map(int, sys.argv[2:])
numbers = iter(numpy.fromfile(path, dtype=numpy.float64).tolist())
take = lambda count: [next(numbers) for _ in range(count)]
segments, per_segment, dt, lookahead, lead = take(5)
radius, lap, speed_weight, heading_weight, duration, position_weight = take(6)
throttle_limit, steering_limit = take(2)
take(9)  # the model's parameters
throttle_gain, drag, steering_gain, steering_bias = take(9)[:4]
scale, nominal_gains = torch.tensor(take(10)), torch.tensor(take(6))
take(8)  # bounds
(start_time,), start = take(1), take(4)
take(2)
layers = []
for inputs, outputs in ((6, width), (width, width), (width, 10)):
    weights = torch.tensor(take(inputs * outputs)).reshape(inputs, outputs)
    layers.append((weights.requires_grad_(), torch.tensor(take(outputs)).requires_grad_()))
parameters = [one for layer in layers for one in layer]

rate = 4 * math.pi / lap
D, W = duration, position_weight * duration**2
V = numpy.array([[1, 0, 0], [0, 1, 0], [1, 1, 1], [0, 1, 2]], dtype=float)
weight = numpy.diag([W, 1, W, 1])
L = numpy.linalg.solve(V.T @ weight @ V, V.T @ weight @ numpy.diag([1, D, 1, D]))
L = torch.tensor(numpy.diag([1, 1 / D, 1 / D**2]) @ L)


def wrapped(t):
    return t if t <= lap else t - lap * math.floor(t / lap)


def setpoint_at(t):
    t = wrapped(t)
    side = 1 if t < lap / 2 else -1
    c, s = math.cos(rate * t), math.sin(rate * t)
    row = [side * (radius - radius * c), radius * s, side * radius * rate * s, radius * rate * c]
    return torch.tensor(row).expand(batch, 4)


def on_right(t, y):
    fourfold = 4 * wrapped(t)
    if fourfold <= lap:
        return y > 0
    if fourfold <= 2 * lap:
        return torch.ones_like(y, dtype=torch.bool)
    return ~(y > 0) if fourfold <= 3 * lap else torch.zeros_like(y, dtype=torch.bool)


def features(x, y, v, phi, t):
    right = on_right(t, y)
    angle = torch.atan2(y, x - torch.where(right, radius, -radius))
    phase = torch.where(right, (math.pi - angle) / 2, angle / 2 + torch.where(y > 0, math.pi, 0.0))
    columns = (x, y, v * torch.cos(phi), v * torch.sin(phi), torch.cos(phase), torch.sin(phase))
    return torch.stack(columns, 1)


def network(row):
    for weights, bias in layers:
        row = torch.tanh(row @ weights + bias)
    return scale * row


def loss():
    x, y, v, phi = (torch.full((batch,), value) for value in start)
    previous = setpoint_at(start_time)
    total = torch.zeros(())
    t = 0
    for _ in range(int(segments)):
        time_ = start_time + t * dt
        outputs = network(features(x, y, v, phi, time_))
        setpoint = setpoint_at(time_ + lookahead) + outputs[:, :4]
        kx, ky, kv, kphi, ka, komega = (nominal_gains + outputs[:, 4:]).unbind(1)
        ends = torch.stack((previous[:, 0:2], previous[:, 2:4], setpoint[:, 0:2], setpoint[:, 2:4]), 1)
        c0, c1, c2 = torch.einsum("ij,bjk->ibk", L, ends)
        previous = setpoint
        for i in range(int(per_segment)):
            s = i * dt + lead
            px, py = (c0 + s * (c1 + s * c2)).unbind(1)
            vx, vy = (c1 + 2 * s * c2).unbind(1)
            ax, ay = (2 * c2).unbind(1)
            wx, wy = vx + kx * (px - x), vy + ky * (py - y)
            cosine, sine = torch.cos(phi), torch.sin(phi)
            e = torch.atan2(wy * cosine - wx * sine, wx * cosine + wy * sine)
            speed, reference = torch.hypot(wx, wy), torch.hypot(vx, vy)
            along, across = (vx * ax + vy * ay) / reference, (vx * ay - vy * ax) / reference
            throttle = (ka * along + kv * (speed - v)).clamp(-throttle_limit, throttle_limit)
            steering = (komega * across / reference + kphi * e).clamp(-steering_limit, steering_limit)
            right = on_right(start_time + t * dt, y)
            X = x - torch.where(right, radius, -radius)
            tx, ty = torch.where(right, y, -y), torch.where(right, -X, X)
            heading = torch.atan2(sine * tx - cosine * ty, cosine * tx + sine * ty)
            off = torch.hypot(X, y) - radius
            costs = off**2 + speed_weight * (v - rate * radius) ** 2 + heading_weight * heading**2
            total = total + costs.sum() / batch
            turn = v * (steering_gain * steering - steering_bias)
            x, y = x + dt * v * cosine, y + dt * v * sine
            v, phi = v + dt * (throttle_gain * throttle - drag * v * v), phi + dt * turn
            t += 1
    return total


fastest = math.inf
for _ in range(repeats):
    begun = time.perf_counter()
    value = loss()
    gradient = torch.autograd.grad(value, parameters)
    fastest = min(fastest, time.perf_counter() - begun)
norm = math.sqrt(sum(float((one**2).sum()) for one in gradient))
most = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"loss": float(value), "norm": norm, "seconds": fastest, "bytes": most}))
