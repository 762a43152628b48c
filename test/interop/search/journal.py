"""Optuna's side of the tests of journals: journal.py dump|write|serve LOCATION [TRIALS]; prints JSON with bare words."""
import json
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def opened(location):
    """Debian's names first; newer ones are those of Optuna 4."""
    storages = optuna.storages
    if location.startswith("redis://"):
        backend = getattr(storages, "JournalRedisStorage", None) or storages.journal.JournalRedisBackend
    else:
        backend = getattr(storages, "JournalFileStorage", None) or storages.journal.JournalFileBackend
    return storages.JournalStorage(backend(location))


def plain(trial):
    distributions = {k: json.loads(optuna.distributions.distribution_to_json(d)) for k, d in trial.distributions.items()}
    return {
        "id": trial._trial_id,
        "number": trial.number,
        "state": trial.state.name,
        "values": trial.values,
        "params": trial.params,
        "distributions": distributions,
        "reports": sorted(trial.intermediate_values.items()),
        "user": trial.user_attrs,
        "system": trial.system_attrs,
        # Times without an offset are local ones to timestamp(), too.
        "start": trial.datetime_start and trial.datetime_start.timestamp(),
        "end": trial.datetime_complete and trial.datetime_complete.timestamp(),
    }


def dump(storage):
    studies = storage.get_all_studies()
    return [
        {
            "name": study.study_name,
            "directions": [direction.name for direction in study.directions],
            "user": study.user_attrs,
            "system": study.system_attrs,
            "trials": [plain(trial) for trial in storage.get_all_trials(study._study_id)],
        }
        for study in studies
    ]


def write(storage):
    """One of everything that a journal can hold."""
    study = optuna.create_study(storage=storage, study_name="python", direction="maximize")
    study.set_user_attr("owner", {"name": "ü", "parts": [1, None, float("nan")]})
    study.enqueue_trial({"x": 0.5, "kind": "b"}, user_attrs={"why": "guess"})

    def objective(trial):
        x = trial.suggest_float("x", 0.1, 10, log=True)
        y = trial.suggest_float("y", 0, 1, step=0.25)
        n = trial.suggest_int("n", 1, 9, step=2)
        kind = trial.suggest_categorical("kind", ["a", "b", None, True, 2.5])
        trial.suggest_int("single", 4, 4)
        for step in range(3):
            trial.report(float("nan") if step == 1 else x + step, step)
        trial.set_user_attr("kind", [kind, float("-inf")])
        if trial.number % 4 == 1:
            raise optuna.TrialPruned()
        if trial.number % 4 == 2:
            return float("nan")
        if trial.number % 4 == 3:
            raise RuntimeError("failed on purpose")
        return float("inf") if trial.number == 4 else x + y + n

    study.optimize(objective, n_trials=9, catch=(RuntimeError,))
    study.enqueue_trial({"x": 1.5})
    study.ask()
    study.enqueue_trial({"x": 2.5})
    study.add_trial(
        optuna.trial.create_trial(
            params={"x": 1.0, "n": 3},
            distributions={
                "x": optuna.distributions.FloatDistribution(0.1, 10, log=True),
                "n": optuna.distributions.IntDistribution(1, 9, step=2),
            },
            value=3.5,
            intermediate_values={0: 1.0, 7: float("nan")},
            system_attrs={"completed_rung_0": 1.0},
        )
    )
    optuna.create_study(storage=storage, study_name="gone")
    optuna.delete_study(storage=storage, study_name="gone")
    both = optuna.create_study(storage=storage, study_name="both", directions=["minimize", "maximize"])
    both.optimize(lambda trial: (trial.suggest_float("x", 0, 1), 2.0), n_trials=2)


def serve(storage, trials):
    study = optuna.load_study(study_name="s", storage=storage, sampler=optuna.samplers.RandomSampler())

    def objective(trial):
        x = trial.suggest_float("x", 0, 1)
        for step in range(5):
            trial.report(x, step)
        trial.set_user_attr("by", "python")
        return trial.number

    done = 0
    while done < trials:
        try:
            study.optimize(objective, n_trials=1)
            done += 1
        except RuntimeError as error:
            # Optuna 3 lists the waiting trials, then claims one after the other, and does not expect one that has ended
            # meanwhile; nothing was begun then. Newer ones go on by themselves.
            if "has already finished" not in str(error):
                raise


command, location, *rest = sys.argv[1:]
storage = opened(location)
if command == "write":
    write(storage)
if command == "serve":
    serve(storage, int(rest[0]))
else:
    print(json.dumps(dump(opened(location))))
