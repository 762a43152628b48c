// Times the convolutions of the USPS network and of ResNet-20 in oneDNN, in float32 and where the processor has it in
// bf16.
#include "onednn.h"

#ifndef NETWRIGHT_HAVE_ONEDNN

namespace netwright {

std::string onednn_json(bool) { return "null"; }

}  // namespace netwright

#else

#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <random>
#include <sstream>
#include <unordered_map>

#include "clock.h"

namespace netwright {
namespace {

using Type = dnnl::memory::data_type;

struct Layer {
  int64_t inputs, outputs, size, kernel, stride;
  int count;  // layers of this shape in the network
};

struct Seconds {
  double forward = 0, grad_x = 0, grad_weight = 0;
};

struct Device {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
};

dnnl::memory filled(const dnnl::memory::desc& description, Type type, Device& device) {
  dnnl::memory result(description, device.engine);
  const size_t bytes = description.get_size();
  const bool half = type == Type::bf16;
  std::minstd_rand generator(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  char* data = static_cast<char*>(result.get_data_handle());
  for (size_t at = 0; at + (half ? 2 : 4) <= bytes; at += half ? 2 : 4) {
    const float value = uniform(generator);
    // The upper half of a float is a bf16.
    std::memcpy(data + at, reinterpret_cast<const char*>(&value) + (half ? 2 : 0), half ? 2 : 4);
  }
  return result;
}

using Forward = dnnl::convolution_forward::primitive_desc;
using GradX = dnnl::convolution_backward_data::primitive_desc;
using GradWeight = dnnl::convolution_backward_weights::primitive_desc;

// Throws dnnl::error for what the library cannot do here.
Seconds time_layer(Device& device, const Layer& layer, int64_t batch, Type type, bool needs_grad_x,
                   std::string& kernel) {
  using dnnl::memory;
  const auto any = memory::format_tag::any;
  const int64_t padding = layer.kernel / 2, out = (layer.size + 2 * padding - layer.kernel) / layer.stride + 1;
  const memory::desc x({batch, layer.inputs, layer.size, layer.size}, type, any);
  const memory::desc w({layer.outputs, layer.inputs, layer.kernel, layer.kernel}, type, any);
  const memory::desc y({batch, layer.outputs, out, out}, type, any);
  const memory::dims stride(2, layer.stride), border(2, padding);
  const auto direct = dnnl::algorithm::convolution_direct;
  const auto training = dnnl::prop_kind::forward_training;
#if DNNL_VERSION_MAJOR >= 3
  const Forward forward(device.engine, training, direct, x, w, y, stride, border, border);
  const GradX grad_x(device.engine, direct, x, w, y, stride, border, border, forward);
  const GradWeight grad_weight(device.engine, direct, x, w, y, stride, border, border, forward);
#else
  const Forward forward({training, direct, x, w, y, stride, border, border}, device.engine);
  const GradX grad_x({direct, x, w, y, stride, border, border}, device.engine, forward);
  const GradWeight grad_weight({direct, x, w, y, stride, border, border}, device.engine, forward);
#endif
  kernel = forward.impl_info_str();
  auto seconds = [&](const dnnl::primitive& primitive, const std::unordered_map<int, memory>& arguments) {
    return best_seconds(
        [&] {
          primitive.execute(device.stream, arguments);
          device.stream.wait();
        },
        0.05);
  };
  Seconds result;
  result.forward =
      seconds(dnnl::convolution_forward(forward), {{DNNL_ARG_SRC, filled(forward.src_desc(), type, device)},
                                                   {DNNL_ARG_WEIGHTS, filled(forward.weights_desc(), type, device)},
                                                   {DNNL_ARG_DST, filled(forward.dst_desc(), type, device)}});
  if (needs_grad_x)
    result.grad_x = seconds(dnnl::convolution_backward_data(grad_x),
                            {{DNNL_ARG_DIFF_DST, filled(grad_x.diff_dst_desc(), type, device)},
                             {DNNL_ARG_WEIGHTS, filled(grad_x.weights_desc(), type, device)},
                             {DNNL_ARG_DIFF_SRC, filled(grad_x.diff_src_desc(), type, device)}});
  result.grad_weight = seconds(dnnl::convolution_backward_weights(grad_weight),
                               {{DNNL_ARG_SRC, filled(grad_weight.src_desc(), type, device)},
                                {DNNL_ARG_DIFF_DST, filled(grad_weight.diff_dst_desc(), type, device)},
                                {DNNL_ARG_DIFF_WEIGHTS, filled(grad_weight.diff_weights_desc(), type, device)}});
  return result;
}

// One row: all convolutions of a step of the network, and of its forward pass alone. Empty where oneDNN has no kernel.
std::string network_row(Device& device, const std::string& network, const std::vector<Layer>& layers, int64_t batch,
                        Type type) {
  Seconds sum;
  std::string kernel;
  try {
    for (const Layer& layer : layers) {
      const Seconds one = time_layer(device, layer, batch, type, &layer != &layers.front(), kernel);
      sum.forward += layer.count * one.forward;
      sum.grad_x += layer.count * one.grad_x;
      sum.grad_weight += layer.count * one.grad_weight;
    }
  } catch (const dnnl::error&) {
    return "";
  }
  std::ostringstream row;
  row << "{\"network\":\"" << network << "\",\"batch\":" << batch << ",\"type\":\""
      << (type == Type::f32 ? "float32" : "bf16") << "\",\"forwardMilliseconds\":" << sum.forward * 1e3
      << ",\"stepMilliseconds\":" << (sum.forward + sum.grad_x + sum.grad_weight) * 1e3 << ",\"kernel\":\"" << kernel
      << "\"}";
  return row.str();
}

// oneDNN has slow substitutes for bf16 everywhere; they say nothing of the machine.
bool has_bf16() {
#if defined(__x86_64__) && defined(__GNUC__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // namespace

std::string onednn_json(bool quick) {
  Device device;
  const std::vector<Layer> usps = {{1, 32, 16, 3, 1, 1}, {32, 64, 8, 3, 1, 1}, {64, 128, 4, 3, 1, 1}};
  const std::vector<Layer> resnet20 = {{3, 16, 32, 3, 1, 1},  {16, 16, 32, 3, 1, 6}, {16, 32, 32, 3, 2, 1},
                                       {16, 32, 32, 1, 2, 1}, {32, 32, 16, 3, 1, 5}, {32, 64, 16, 3, 2, 1},
                                       {32, 64, 16, 1, 2, 1}, {64, 64, 8, 3, 1, 5}};
  std::vector<std::string> rows;
  for (const Type type : {Type::f32, Type::bf16}) {
    if (type == Type::bf16 && !has_bf16()) continue;
    for (const int64_t batch : {1, 10, 64, 256}) rows.push_back(network_row(device, "usps", usps, batch, type));
    if (!quick) rows.push_back(network_row(device, "resnet20", resnet20, 128, type));
  }
  const dnnl_version_t* version = dnnl_version();
  std::ostringstream json;
  json << "{\"version\":\"" << version->major << "." << version->minor << "." << version->patch << "\",\"rows\":[";
  const char* separator = "";
  for (const std::string& row : rows) {
    if (row.empty()) continue;
    json << separator << row;
    separator = ",";
  }
  json << "]}";
  return json.str();
}

}  // namespace netwright

#endif
