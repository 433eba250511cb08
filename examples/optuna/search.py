"""Searches a learning rate for SGD with Optuna's ask and tell: lapgrad trains, Optuna decides what is tried next.

Needs Optuna (Debian: python3-optuna; or: pip install optuna) and lapgrad on the path, or its checkout:

    python3 examples/optuna/search.py --lapgrad ./lapgrad --trials 20
"""
import argparse
import json
import shlex
import subprocess

import optuna

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--lapgrad", default="lapgrad", help="how lapgrad is called here")
parser.add_argument("--trials", type=int, default=20)
parser.add_argument("--minutes", type=float, default=1.0, help="driving that a trial may learn from")
parser.add_argument("--seed", type=int, default=1, help="of lapgrad's trainings, and of Optuna's sampler")
parser.add_argument("--judged-by", type=int, default=11, help="first of the five seeds by which the best is judged")
options = parser.parse_args()


def objective(seed, seeds, *settings):
    """What lapgrad says of a training with these settings: less is better, 1 is the untrained policy."""
    words = [*shlex.split(options.lapgrad), "objective", "--update", "sgd", "--minutes", str(options.minutes)]
    words += ["--seed", str(seed), "--seeds", str(seeds), "--json", *settings]
    answer = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(answer.stdout)["value"]


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(direction="minimize", sampler=optuna.samplers.TPESampler(seed=options.seed))
for _ in range(options.trials):
    trial = study.ask()
    rate = trial.suggest_float("learning-rate", 1e-6, 1e-1, log=True)
    value = objective(options.seed, 1, "--learning-rate", str(rate))
    study.tell(trial, value)
    print(f"trial {trial.number + 1}: learning rate {rate:.2e}, value {value:.4f}", flush=True)

# the seed of the search has seen the best rate: others judge it
found = study.best_params["learning-rate"]
default = objective(options.judged_by, 5)
best = objective(options.judged_by, 5, "--learning-rate", str(found))
print(f"best learning rate {found:.2e}: {best:.4f} on five other seeds, the default: {default:.4f}")
