#include "http/api/trace_context.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "http/auth/random.h"

namespace boxoffice::http::api {

namespace {

// version "-" trace id "-" parent id "-" flags: 2 + 1 + 32 + 1 + 16 + 1 + 2
constexpr std::size_t traceparent_length = 55;

// Random bytes for an id. They come from the system for many requests at a time: asking it for each
// takes longer than all else that a trace costs.
void draw(std::span<std::uint8_t> id) {
  constexpr std::size_t drawn_at_a_time = 24 * 64;  // a trace and a parent for each of 64 requests
  thread_local std::array<std::uint8_t, drawn_at_a_time> drawn;
  thread_local std::size_t used = drawn.size();
  if (drawn.size() - used < id.size()) {
    auth::fill_random(drawn);
    used = 0;
  }
  std::copy_n(drawn.begin() + static_cast<std::ptrdiff_t>(used), id.size(), id.begin());
  used += id.size();
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  if (text.size() < traceparent_length) return std::nullopt;
  FixedBytes<1> version;
  FixedBytes<1> flags;
  TraceContext context;
  const bool well_formed = text[2] == '-' && text[35] == '-' && text[52] == '-' &&
                           parse_hex(text.substr(0, 2), version.bytes) &&
                           parse_hex(text.substr(3, 32), context.trace_id.bytes) &&
                           parse_hex(text.substr(36, 16), context.parent_id.bytes) &&
                           parse_hex(text.substr(53, 2), flags.bytes);
  if (!well_formed || version.bytes[0] == 0xFF) return std::nullopt;
  const bool ends_here = text.size() == traceparent_length;
  if (!ends_here && (version.is_zero() || text[traceparent_length] != '-')) return std::nullopt;
  if (context.trace_id.is_zero() || context.parent_id.is_zero()) return std::nullopt;
  context.sampled = (flags.bytes[0] & 1) != 0;
  return context;
}

std::string to_traceparent(const TraceContext& context) {
  std::string text;
  text.reserve(traceparent_length);
  text += "00-";
  append_hex(text, context.trace_id.bytes);
  text += '-';
  append_hex(text, context.parent_id.bytes);
  text += context.sampled ? "-01" : "-00";
  return text;
}

std::optional<TraceContext> trace_context_of(const Headers& headers) {
  const std::string* found = nullptr;
  for (const auto& [name, value] : headers.fields) {
    if (!equal_without_case(name, "traceparent")) continue;
    if (found != nullptr) return std::nullopt;
    found = &value;
  }
  return found != nullptr ? parse_traceparent(*found) : std::nullopt;
}

TraceContext next_step(const std::optional<TraceContext>& caller) {
  TraceContext ours;
  if (caller) {
    ours = *caller;
  } else {
    draw(ours.trace_id.bytes);
  }
  draw(ours.parent_id.bytes);
  return ours;
}

}  // namespace boxoffice::http::api
