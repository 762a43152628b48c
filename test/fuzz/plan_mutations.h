// Damages a plan in one of many ways, most of them small, so that much of it still passes the first checks.
#pragma once

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/op.h"
#include "core/plan.h"

namespace netwright {

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  size_t below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void mutate(Plan& plan) {
    switch (below(10)) {
      case 0:
      case 1:
      case 2:
        return mutate_value(plan);
      case 3:
      case 4:
      case 5:
        return mutate_attributes(plan);
      case 6:
        return mutate_order(plan);
      case 7:
        return mutate_arenas(plan);
      default:
        return mutate_node(plan);
    }
  }

 private:
  template <class T>
  T pick(const std::vector<T>& list) {
    return list[below(list.size())];
  }

  int64_t dimension(int64_t old) {
    return pick<int64_t>({old + 1, old - 1, old * 2, old / 2, 1, 2, 3, 4, 8, 0, -1, -2, kMostDimension,
                          int64_t{1} << 40, std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()});
  }

  double number(double old) {
    return pick<double>({old + 1, old - 1, -old, old * 2, 0.0, 0.5, 1.0, 2.0, 3.0, -1.0, 1e-300, 1e9, -1e9, 1e300,
                         2147483647.0, std::numeric_limits<double>::quiet_NaN(),
                         std::numeric_limits<double>::infinity()});
  }

  void mutate_shape(std::vector<int64_t>& shape) {
    const size_t where = below(shape.size());
    switch (below(4)) {
      case 0:
        if (!shape.empty()) shape.erase(shape.begin() + static_cast<int64_t>(where));
        break;
      case 1:
        shape.insert(shape.begin() + static_cast<int64_t>(where), dimension(2));
        break;
      default:
        if (!shape.empty()) shape[where] = dimension(shape[where]);
    }
  }

  void mutate_value(Plan& plan) {
    if (plan.values.empty()) return;
    PlanValue& value = plan.values[below(plan.values.size())];
    switch (below(9)) {
      case 0:
        value.role = static_cast<Role>(below(8));
        break;
      case 1:
        value.storage = static_cast<Storage>(below(3));
        break;
      case 2:
        value.dtype = static_cast<DType>(below(2));
        break;
      case 3:
        value.offset = pick<int64_t>({value.offset + 16, value.offset - 16, 0, 8, -1, int64_t{1} << 62});
        break;
      case 4:
        value.slot = pick<int64_t>({-1, 0, 1, 63, int64_t{1} << 62});
        break;
      case 5:
        value.flat = !value.flat;
        break;
      case 6:
        value.init = Initializer{static_cast<Initializer::Kind>(below(3)), number(1), number(2)};
        break;
      default:
        mutate_shape(value.shape);
    }
  }

  void mutate_attributes(Plan& plan) {
    std::vector<PlanNode*> candidates;
    for (PlanNode& node : plan.nodes)
      if (!node.attributes.values.empty()) candidates.push_back(&node);
    if (candidates.empty()) return;
    auto& values = pick(candidates)->attributes.values;
    auto found = std::next(values.begin(), static_cast<int64_t>(below(values.size())));
    Attribute& attribute = found->second;
    if (below(12) == 0) {
      values.erase(found);
    } else if (below(12) == 0) {
      attribute = pick<Attribute>({1.0, true, std::string("text"), std::vector<double>{1, 2}});
    } else if (auto* list = std::get_if<std::vector<double>>(&attribute)) {
      if (below(6) == 0)
        list->push_back(number(1));
      else if (below(6) == 0 && !list->empty())
        list->pop_back();
      else if (!list->empty()) {
        double& one = (*list)[below(list->size())];
        one = number(one);
      }
    } else if (auto* single = std::get_if<double>(&attribute)) {
      *single = number(*single);
    } else if (auto* boolean = std::get_if<bool>(&attribute)) {
      *boolean = !*boolean;
    }
  }

  void mutate_ids(const Plan& plan, std::vector<int64_t>& ids) {
    const auto any = [&] {
      return below(20) == 0 ? pick<int64_t>({-1, 1 << 30}) : static_cast<int64_t>(below(plan.values.size() + 1));
    };
    const size_t where = below(ids.size());
    switch (below(4)) {
      case 0:
        ids.insert(ids.begin() + static_cast<int64_t>(where), any());
        break;
      case 1:
        if (!ids.empty()) ids.erase(ids.begin() + static_cast<int64_t>(where));
        break;
      case 2:
        if (ids.size() > 1) std::swap(ids[where], ids[below(ids.size())]);
        break;
      default:
        if (!ids.empty()) ids[where] = any();
    }
  }

  void mutate_node(Plan& plan) {
    if (plan.nodes.empty()) return;
    PlanNode& node = plan.nodes[below(plan.nodes.size())];
    switch (below(8)) {
      case 0:
        node.phase = node.phase == Phase::compute ? Phase::update : Phase::compute;
        break;
      case 1:
      case 2:
        node.op = below(20) == 0 ? "no_such_op" : pick(registered_ops())->name;
        break;
      case 3:
        return mutate_ids(plan, node.out);
      default:
        return mutate_ids(plan, node.in);
    }
  }

  void mutate_order(Plan& plan) {
    if (plan.nodes.empty()) return;
    const size_t a = below(plan.nodes.size()), b = below(plan.nodes.size());
    switch (below(3)) {
      case 0:
        std::swap(plan.nodes[a], plan.nodes[b]);
        break;
      case 1:
        plan.nodes.erase(plan.nodes.begin() + static_cast<int64_t>(a));
        break;
      default:
        plan.nodes.insert(plan.nodes.begin() + static_cast<int64_t>(a), PlanNode(plan.nodes[b]));
    }
  }

  void mutate_arenas(Plan& plan) {
    int64_t& size = below(3) == 0 ? plan.arenas.slots : below(2) == 0 ? plan.arenas.param : plan.arenas.state;
    size = pick<int64_t>({size + 16, size - 16, 0, 1, -1, int64_t{1} << 35, int64_t{1} << 62});
  }

  std::mt19937 random_;
};

}  // namespace netwright
