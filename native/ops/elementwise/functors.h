// What the elementwise ops compute, generic over the lane type. Read once per pass of foreach_target.h.
//
// An activation is one struct: f(x) is its value, df(dy, y) its gradient from the output. A new one is a struct and a
// line in the lists below; tables of other backends expand the same lists.
#if defined(NW_ELEMENTWISE_FUNCTORS_H) == defined(NW_PASS_TOGGLE)
#ifdef NW_ELEMENTWISE_FUNCTORS_H
#undef NW_ELEMENTWISE_FUNCTORS_H
#else
#define NW_ELEMENTWISE_FUNCTORS_H
#endif

#include "simd/math.h"

#ifndef NW_ELEMENTWISE_LISTS
#define NW_ELEMENTWISE_LISTS
// X(op name, struct, nanoseconds an element on one thread)
#define NETWRIGHT_ACTIVATIONS(X) X(relu, Relu, 0.1) X(sigmoid, Sigmoid, 0.5) X(tanh, Tanh, 0.5)
#define NETWRIGHT_UNARY(X) X(exp, Exp, 0.3) X(log, Log, 0.4)
#define NETWRIGHT_BINARY(X) \
  X(add, Add, 0.1) X(subtract, Subtract, 0.1) X(multiply, Multiply, 0.1) X(divide, Divide, 0.2)
#endif

NW_BEFORE_NAMESPACE

// max(x, 0); NaN stays NaN.
struct Relu {
  template <class V>
  static NW_INLINE V f(V x) {
    return select(lt(x, V(0.0f)), V(0.0f), x);
  }
  template <class V>
  static NW_INLINE V df(V dy, V y) {
    return select(gt(y, V(0.0f)), dy, V(0.0f));
  }
};

// 1 / (1 + exp(-x))
struct Sigmoid {
  template <class V>
  static NW_INLINE V f(V x) {
    return sigmoid(x);
  }
  template <class V>
  static NW_INLINE V df(V dy, V y) {
    return dy * y * (V(1.0f) - y);
  }
};

struct Tanh {
  template <class V>
  static NW_INLINE V f(V x) {
    return tanh(x);
  }
  template <class V>
  static NW_INLINE V df(V dy, V y) {
    return dy * fnma(y, y, V(1.0f));
  }
};

struct Exp {
  template <class V>
  static NW_INLINE V f(V x) {
    return exp(x);
  }
};

struct Log {
  template <class V>
  static NW_INLINE V f(V x) {
    return log(x);
  }
};

struct Add {
  template <class V>
  static NW_INLINE V f(V a, V b) {
    return a + b;
  }
};

struct Subtract {
  template <class V>
  static NW_INLINE V f(V a, V b) {
    return a - b;
  }
};

struct Multiply {
  template <class V>
  static NW_INLINE V f(V a, V b) {
    return a * b;
  }
};

struct Divide {
  template <class V>
  static NW_INLINE V f(V a, V b) {
    return a / b;
  }
};

// The gradient of an activation as a function of two operands.
template <class F>
struct Gradient {
  template <class V>
  static NW_INLINE V f(V dy, V y) {
    return F::df(dy, y);
  }
};

NW_AFTER_NAMESPACE

#endif
