"""Writes test/goldens/schedules.json: the learning rates of PyTorch's schedules, to full precision.

    python -m venv /tmp/goldens && /tmp/goldens/bin/pip install torch numpy
    /tmp/goldens/bin/python scripts/goldens-schedules.py

Each schedule sets the rates of an optimizer with two groups. Where a case has `metrics`, one of them goes
to each step. The versions stand in the file; names are those of Gradus.
"""

import json
import math
import platform
import warnings
from pathlib import Path

import torch
from torch.optim import lr_scheduler as schedulers

SEED = 27182
OUT = Path(__file__).resolve().parent.parent / "test" / "goldens" / "schedules.json"
STEPS = 60
RATES = [0.1, 0.003]
warnings.filterwarnings("error")

SNAKE = {
    "stepSize": "step_size",
    "totalIters": "total_iters",
    "startFactor": "start_factor",
    "endFactor": "end_factor",
    "tMax": "T_max",
    "etaMin": "eta_min",
    "t0": "T_0",
    "tMult": "T_mult",
    "maxLr": "max_lr",
    "totalSteps": "total_steps",
    "stepsPerEpoch": "steps_per_epoch",
    "pctStart": "pct_start",
    "annealStrategy": "anneal_strategy",
    "divFactor": "div_factor",
    "finalDivFactor": "final_div_factor",
    "threePhase": "three_phase",
    "thresholdMode": "threshold_mode",
    "minLr": "min_lr",
}

# Class and options. The schedules within a combined one are written likewise.
CASES = [
    ("StepLR", {"stepSize": 7}),
    ("StepLR", {"stepSize": 1, "gamma": 0.95}),
    ("MultiStepLR", {"milestones": [3, 20, 20, 41]}),
    ("MultiStepLR", {"milestones": [30, 10], "gamma": 0.5}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.7, "totalIters": 12}),
    ("LinearLR", {}),
    ("LinearLR", {"startFactor": 0.01, "totalIters": 40}),
    ("LinearLR", {"startFactor": 1, "endFactor": 0, "totalIters": 30}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"totalIters": 50, "power": 0.9}),
    ("PolynomialLR", {"totalIters": 60, "power": 3}),
    ("CosineAnnealingLR", {"tMax": 50}),
    ("CosineAnnealingLR", {"tMax": 9, "etaMin": 1e-3}),
    ("CosineAnnealingLR", {"tMax": 1}),
    ("CosineAnnealingWarmRestarts", {"t0": 11}),
    ("CosineAnnealingWarmRestarts", {"t0": 5, "tMult": 2, "etaMin": 1e-4}),
    ("CosineAnnealingWarmRestarts", {"t0": 1, "tMult": 3}),
    ("OneCycleLR", {"maxLr": 0.2, "totalSteps": 61}),
    ("OneCycleLR", {"maxLr": [0.2, 0.01], "epochs": 7, "stepsPerEpoch": 9, "pctStart": 0.1}),
    ("OneCycleLR", {"maxLr": 0.2, "totalSteps": 70, "threePhase": True, "annealStrategy": "linear"}),
    ("OneCycleLR", {"maxLr": 1, "totalSteps": 64, "pctStart": 0.0, "divFactor": 2, "finalDivFactor": 10}),
    ("ChainedScheduler", {"schedulers": [["LinearLR", {"startFactor": 0.1}], ["StepLR", {"stepSize": 9}]]}),
    (
        "ChainedScheduler",
        {
            "schedulers": [
                ["ConstantLR", {"factor": 0.5, "totalIters": 7}],
                ["CosineAnnealingLR", {"tMax": 20}],
                ["ExponentialLR", {"gamma": 0.99}],
            ]
        },
    ),
    (
        "SequentialLR",
        {
            "schedulers": [["LinearLR", {"startFactor": 0.01}], ["CosineAnnealingLR", {"tMax": 55}]],
            "milestones": [5],
        },
    ),
    (
        "SequentialLR",
        {
            "schedulers": [
                ["ConstantLR", {"factor": 0.25}],
                ["PolynomialLR", {"totalIters": 20}],
                ["ExponentialLR", {"gamma": 0.8}],
                ["CosineAnnealingWarmRestarts", {"t0": 4}],
            ],
            "milestones": [8, 21, 40],
        },
    ),
    ("ReduceLROnPlateau", {"patience": 2}),
    ("ReduceLROnPlateau", {"mode": "max", "factor": 0.5, "patience": 0, "cooldown": 3, "minLr": 1e-3}),
    ("ReduceLROnPlateau", {"factor": 0.7, "patience": 3, "threshold": 0.05, "minLr": [0.01, 0]}),
    ("ReduceLROnPlateau", {"threshold": 0.02, "thresholdMode": "abs", "patience": 4, "eps": 1e-3}),
    ("ReduceLROnPlateau", {"mode": "max", "threshold": 0.1, "thresholdMode": "abs", "patience": 1}),
]

# Given by name here and in the test, as a function cannot stand in a file.
LAMBDAS = {
    "inverseRoot": lambda t: 1 / math.sqrt(1 + t),
    "halfEvery5": lambda t: 0.5 if t % 5 == 0 else 1,
    "expWarmUp": lambda t: 0.001 ** (1 - min(t, 20) / 20),
}
LAMBDA_CASES = [
    ("LambdaLR", ["inverseRoot"]),
    ("LambdaLR", ["halfEvery5", "inverseRoot"]),
    ("LambdaLR", ["expWarmUp"]),
    ("MultiplicativeLR", ["halfEvery5"]),
    ("MultiplicativeLR", ["inverseRoot", "halfEvery5"]),
]


def optimizer():
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in RATES]
    return torch.optim.SGD(groups)


def create(name, options, opt):
    """The schedule of a case; its steps count without any of the optimizer's."""
    if name in ("ChainedScheduler", "SequentialLR"):
        parts = [create(n, o, opt) for n, o in options["schedulers"]]
        if name == "ChainedScheduler":
            return schedulers.ChainedScheduler(parts)
        return schedulers.SequentialLR(opt, parts, options["milestones"])
    own = {SNAKE.get(k, k): v for k, v in options.items()}
    if name == "OneCycleLR":
        own["cycle_momentum"] = False
    return getattr(schedulers, name)(opt, **own)


def rates(schedule, opt, metrics=None):
    out = [[g["lr"] for g in opt.param_groups]]
    for t in range(STEPS):
        opt.step()
        schedule.step(*([] if metrics is None else [metrics[t]]))
        out.append([g["lr"] for g in opt.param_groups])
    return out


def run(name, options):
    opt = optimizer()
    case = {"name": name, "options": options}
    if name == "ReduceLROnPlateau":
        # Falls, or with mode 'max' rises, by less and less, with noise.
        noise = torch.randn(STEPS, dtype=torch.float64)
        sign = -1 if options.get("mode") == "max" else 1
        t = torch.arange(STEPS, dtype=torch.float64)
        values = 2 + sign * (torch.exp(-t / 8) + 0.02 * noise)
        case["metrics"] = values.mul(1e4).round().div(1e4).tolist()
    return {**case, "rates": rates(create(name, options, opt), opt, case.get("metrics"))}


def run_lambda(name, names):
    opt = optimizer()
    lambdas = [LAMBDAS[n] for n in names]
    schedule = getattr(schedulers, name)(opt, lambdas if len(lambdas) > 1 else lambdas[0])
    return {"name": name, "lambdas": names, "rates": rates(schedule, opt)}


torch.manual_seed(SEED)
lines = ",\n".join(
    json.dumps(case, separators=(",", ":"), allow_nan=False)
    for case in [*(run(*c) for c in CASES), *(run_lambda(*c) for c in LAMBDA_CASES)]
)
head = f'"torch":"{torch.__version__}","python":"{platform.python_version()}","seed":{SEED}'
OUT.write_text(f'{{{head},"start":{json.dumps(RATES)},"cases":[\n{lines}\n]}}\n')
print(OUT.name, OUT.stat().st_size)
