# Importances by Optuna's fANOVA, forest and all: one JSON study and seeds a line in, one JSON list of importances by name a line out.
import json
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

for line in sys.stdin:
    case = json.loads(line)
    study = optuna.create_study(direction=case["direction"])
    for trial in case["trials"]:
        distributions = {
            name: optuna.distributions.json_to_distribution(text) for name, text in trial["distributions"].items()
        }
        study.add_trial(
            optuna.trial.create_trial(params=trial["parameters"], distributions=distributions, value=trial["value"])
        )
    evaluators = (optuna.importance.FanovaImportanceEvaluator(seed=seed) for seed in case["seeds"])
    print(json.dumps([optuna.importance.get_param_importances(study, evaluator=each) for each in evaluators]))
