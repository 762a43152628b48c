# Variances of regression trees by Optuna's own code: one JSON tree and its bounds a line in, one JSON list of variances a line out.
import json
import sys

import numpy
from optuna.importance._fanova._tree import _FanovaTree


class Tree:
    # The attributes of scikit-learn's trees that Optuna reads; Optuna itself needs no scikit-learn here.
    def __init__(self, root, features):
        self.n_features = features
        self.feature, self.threshold, self.children_left, self.children_right, self.value = [], [], [], [], []
        self.add(root)
        self.node_count = len(self.feature)
        self.value = numpy.array(self.value).reshape(-1, 1, 1)

    def add(self, node):
        index = len(self.feature)
        leaf = node["kind"] == "leaf"
        self.feature.append(-2 if leaf else node["feature"])
        self.threshold.append(-2.0 if leaf else node["threshold"])
        self.value.append(node["value"] if leaf else 0.0)
        self.children_left.append(-1)
        self.children_right.append(-1)
        if not leaf:
            self.children_left[index] = self.add(node["left"])
            self.children_right[index] = self.add(node["right"])
        return index


for line in sys.stdin:
    case = json.loads(line)
    bounds = numpy.array(case["domains"], dtype=float)
    tree = _FanovaTree(Tree(case["tree"], len(bounds)), bounds)
    marginal = [float(tree.get_marginal_variance(numpy.array([feature]))) for feature in range(len(bounds))]
    print(json.dumps({"total": float(tree.variance), "marginal": marginal}))
