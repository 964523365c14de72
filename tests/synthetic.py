"""Studies made from a seed: what a finished, broken or half-done study leaves behind.

``synthetic_study(StudyRecipe(...))`` gives a StudyRecord whose errors follow
``log MSE = a − slope · log latent + noise`` with known parameters, so that a
test knows the answer. Nothing is trained and nothing is read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from archsearch.records import (
    Baselines,
    Curves,
    Environment,
    EpochRecord,
    LatentCodes,
    LayerRecord,
    PatchPoint,
    PcaPoint,
    PlanRecord,
    RunResult,
    Scores,
    SeedRecord,
    StudyRecord,
    TrialRecord,
)

CHANNEL_MEAN = 0.0612


@dataclass(frozen=True)
class StudyRecipe:
    """What to make; counts of trials by how they end."""

    complete: int = 24
    seeds: int = 2
    failed: int = 0
    pruned: int = 0
    infeasible: int = 0
    collapsed: int = 0
    waiting: int = 0
    untouched: int = 0
    designed: bool = True
    slope: float = 0.6
    architecture_noise: float = 0.25
    seed_noise: float = 0.05
    epochs: int = 6
    latents: tuple[int, ...] | None = None
    name: str = "synthetic"
    description: str = "made from a seed"
    choice: str = "relu"
    seed: int = 0
    curves: bool = True
    extra: dict[str, object] = field(default_factory=dict)


def synthetic_study(recipe: StudyRecipe | None = None) -> StudyRecord:
    """The study record that ``recipe`` describes; equal recipes, equal records."""
    recipe = recipe or StudyRecipe()
    rng = np.random.default_rng(recipe.seed)
    states = (
        ["complete"] * recipe.complete
        + ["collapsed"] * recipe.collapsed
        + ["failed"] * recipe.failed
        + ["pruned"] * recipe.pruned
        + ["infeasible"] * recipe.infeasible
    )
    rng.shuffle(states)
    states += ["waiting"] * recipe.waiting
    trials = tuple(_trial(recipe, rng, number, state) for number, state in enumerate(states))
    return StudyRecord(
        name=recipe.name,
        settings=_settings(recipe, len(states) + recipe.untouched),
        designed=recipe.designed,
        space_hash="0f3a9c",
        trials=trials,
        planned=len(states) - recipe.infeasible + recipe.untouched,
        seconds=1234.5,
        command="archsearch study run studies/synthetic.yaml --workers 2",
        source_note="photographs cut into 32×32 patches",
        curves=_curves(trials) if recipe.curves else None,
        **recipe.extra,
    )


def pca_mse(components: int) -> float:
    """An error that falls with the size of a linear code, as PCA's does."""
    return CHANNEL_MEAN * float(np.exp(-((components / 40) ** 0.5)))


def synthetic_result(
    rng: np.random.Generator, mse: float, *, latent: int, seed: int, epochs: int, collapsed: bool
) -> RunResult:
    """A finished run that ends at ``mse`` on validation."""
    history = tuple(
        EpochRecord(
            epoch=epoch,
            lr=1e-3,
            train_loss=_at(mse, epoch, epochs),
            train_mse=_at(mse, epoch, epochs) * 0.98,
            val_mse=_at(mse, epoch, epochs),
            seconds=3.0,
        )
        for epoch in range(1, epochs + 1)
    )
    test = mse * float(np.exp(0.02 * rng.standard_normal()))
    return RunResult(
        task="reconstruct",
        seed=seed,
        splits={"train": 9600, "val": 1200, "test": 1200},
        epochs=epochs,
        history=history,
        train_mse=mse * 0.98,
        val=Scores(mse=mse, psnr=float(-10 * np.log10(mse)), ssim=0.8),
        test=Scores(mse=test, psnr=float(-10 * np.log10(test)), ssim=0.8),
        baselines=Baselines(
            channel_mean_val=CHANNEL_MEAN,
            channel_mean_test=CHANNEL_MEAN * 1.01,
            pca_val=pca_mse(latent),
            pca_test=pca_mse(latent) * 1.01,
            patch_pca_val=pca_mse(latent) * 1.4,
            patch_pca_test=pca_mse(latent) * 1.4,
        ),
        collapsed=collapsed,
        variance_share=0.0003 if collapsed else 0.8,
        images_per_s=4200.0,
        seconds=3.0 * epochs,
        data_fingerprint="5b1f00c0ffee",
        environment=Environment(
            versions={"archsearch": "0.1.0", "torch": "2.10.0", "python": "3.11.9"},
            machine="x86_64, 2 cores",
            device="cpu",
            threads=1,
        ),
        codes=LatentCodes(
            pictures=1000,
            units=latent,
            active=max(1, latent * 9 // 10),
            rank=max(1, latent // 3),
            mse=mse,
            mse_8bit=mse * 1.001,
            mse_4bit=mse * 1.12,
        ),
    )


def synthetic_plan(rng: np.random.Generator, latent: int | None = None) -> PlanRecord:
    """A plan record with a latent of ``latent`` numbers, or of a drawn size."""
    side = int(rng.choice([2, 4, 8]))
    channels = int(2 ** rng.uniform(1, 6)) if latent is None else max(1, latent // side**2)
    if latent is not None and side**2 * channels != latent:
        side, channels = 1, latent
    width = int(2 ** rng.uniform(2, 5))
    size = side * side * channels
    layers = _layers(side, channels, width)
    spec = (
        "name: synthetic\ninput: {channels: auto, height: 32, width: 32}\n"
        f"encoder:\n- conv: {{channels: {width}}}\n- conv: {{channels: {channels}}}\n"
    )
    return PlanRecord(
        key=sha256(f"{side} {channels} {width}".encode()).hexdigest()[:16],
        name="synthetic",
        spec=spec,
        layers=layers,
        latent_size=size,
        effective_size=size,
        latent_channels=channels,
        latent_height=side,
        latent_width=side,
        compression=3072 / size,
        params=sum(layer.params for layer in layers),
        macs=sum(layer.macs for layer in layers),
        encoder_depth=int(rng.integers(2, 5)),
        bottleneck_size=size,
        bottleneck_after=(layers[2].path,),
        trunk=sha256(f"{side} {width}".encode()).hexdigest()[:16],
    )


def _at(mse: float, epoch: int, epochs: int) -> float:
    return mse * (1 + 3 * float(np.exp(-5 * epoch / epochs)))


def _trial(recipe: StudyRecipe, rng: np.random.Generator, number: int, state: str) -> TrialRecord:
    latent = None if recipe.latents is None else int(rng.choice(recipe.latents))
    plan = synthetic_plan(rng, latent)
    values = {
        "width": plan.layers[0].output[0],
        "latent_channels": plan.latent_channels,
        "activation": str(rng.choice([recipe.choice, "gelu"])),
        "encoder[0].conv.kernel": (3, 5) if rng.random() < 0.5 else 3,
        "residual": bool(rng.random() < 0.5),
    }
    made = {"number": number, "values": values, "plan": plan}
    if state == "infeasible":
        return TrialRecord(state="infeasible", reason="latent.size <= 2048 is false", **made)
    if state == "failed":
        broken = SeedRecord(
            seed=0, state="failed", reason="loss became NaN in epoch 2", ended=1.7e9
        )
        return TrialRecord(state="failed", reason=broken.reason, seeds=(broken,), **made)
    level = np.log(0.02) - recipe.slope * np.log(plan.latent_size / 64)
    level += recipe.architecture_noise * rng.standard_normal()
    seeds = 1 if state in ("pruned", "waiting") else recipe.seeds
    records = tuple(
        SeedRecord(
            seed=seed,
            state="complete",
            result=synthetic_result(
                rng,
                CHANNEL_MEAN * 0.995
                if state == "collapsed"
                else float(np.exp(level + recipe.seed_noise * rng.standard_normal())),
                latent=plan.latent_size,
                seed=seed,
                epochs=recipe.epochs if state != "pruned" else 1,
                collapsed=state == "collapsed",
            ),
            ended=1.7e9 + 20.0 * (number // 2 + 1 + seed * 100),
        )
        for seed in range(seeds)
    )
    if state in ("pruned", "waiting"):
        reason = "pruned after epoch 1" if state == "pruned" else ""
        return TrialRecord(state=state, reason=reason, seeds=records, **made)
    value = float(np.mean([record.result.val.mse for record in records]))
    return TrialRecord(state="complete", seeds=records, value=value, **made)


def _layers(side: int, channels: int, width: int) -> tuple[LayerRecord, ...]:
    rows = [
        ("encoder", "conv", (width, 32, 32), 27 * width + width),
        ("encoder", "pool", (width, side, side), 0),
        ("encoder", "conv", (channels, side, side), 9 * width * channels + channels),
        ("decoder", "upsample", (channels, 32, 32), 0),
        ("decoder", "conv", (3, 32, 32), 27 * channels + 3),
    ]
    return tuple(
        LayerRecord(
            index=index,
            section=section,
            path=f"{section}[{index - 1}].{kind}",
            kind=kind,
            formula="⌊(32 − 3 + 2)/1⌋ + 1 = 32",
            output=output,
            params=params,
            macs=params * output[1] * output[2],
        )
        for index, (section, kind, output, params) in enumerate(rows, start=1)
    )


def _curves(trials: tuple[TrialRecord, ...]) -> Curves:
    sizes = sorted({trial.plan.latent_size for trial in trials if trial.plan})
    shapes = {
        (plan.latent_size, f"{plan.latent_height}x{plan.latent_width}x{plan.latent_channels}")
        for plan in (trial.plan for trial in trials)
        if plan
    }
    ks = sorted({*(2**power for power in range(12)), *sizes})
    return Curves(
        pca=tuple(PcaPoint(k, pca_mse(k), pca_mse(k) * 1.01) for k in ks),
        patch_pca=tuple(
            PatchPoint(size, shape, pca_mse(size) * 1.4, pca_mse(size) * 1.4)
            for size, shape in sorted(shapes)
        ),
        channel_mean=(CHANNEL_MEAN, CHANNEL_MEAN * 1.01),
    )


def _settings(recipe: StudyRecipe, trials: int) -> dict[str, object]:
    settings = {
        "name": recipe.name,
        "description": recipe.description,
        "model": "../specs/family.yaml",
        "data": {"source": "photos", "limit": 12000, "split": "80/10/10", "seed": 0},
        "task": {"name": "reconstruct"},
        "train": {"epochs": recipe.epochs, "batch_size": 128, "optimizer": "adam", "lr": 0.003},
        "space": {
            "width": {"low": 4, "high": 32, "log": True},
            "latent_channels": {"low": 2, "high": 64, "log": True},
            "activation": {"choices": [recipe.choice, "gelu"]},
            "encoder[0].conv.kernel": {"choices": [3, [3, 5]]},
            "residual": {"choices": [True, False]},
        },
        "search": {
            "method": "random" if recipe.designed else "tpe",
            "trials": trials,
            "seeds": recipe.seeds,
            "seed": recipe.seed,
        },
    }
    return json.loads(json.dumps(settings))
