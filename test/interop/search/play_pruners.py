# Plays scripted studies through Optuna's own pruners: one JSON study a line in, one JSON list of decisions a line out.
import json
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def build(form):
    name, arguments = form["class"], dict(form["arguments"])
    if name == "PatientPruner":
        inner = arguments.pop("inner")
        return optuna.pruners.PatientPruner(None if inner is None else build(inner), **arguments)
    return getattr(optuna.pruners, name)(**arguments)


def play(script):
    study = optuna.create_study(
        study_name=script["name"], direction=script["direction"], pruner=build(script["pruner"])
    )
    trials, decisions = [], []
    ended = set()
    for event in script["events"]:
        kind, number = event[0], event[1]
        if kind == "begin":
            trials.append(study.ask())
        elif number in ended:
            continue
        elif kind == "report":
            trials[number].report(float(event[3]), event[2])
            pruned = bool(trials[number].should_prune())
            decisions.append(pruned)
            if pruned and event[4]:
                study.tell(trials[number], state=optuna.trial.TrialState.PRUNED)
                ended.add(number)
        elif kind == "complete":
            study.tell(trials[number], 0.0)
            ended.add(number)
        else:
            study.tell(trials[number], state=optuna.trial.TrialState.FAIL)
            ended.add(number)
    rungs = [
        {name: repr(value) for name, value in trial.system_attrs.items() if name.startswith("completed_rung_")}
        for trial in study.get_trials(deepcopy=False)
    ]
    return {"decisions": decisions, "rungs": rungs}


for line in sys.stdin:
    print(json.dumps(play(json.loads(line))))
