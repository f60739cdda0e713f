// What the fuzz targets share: the input in parts, and how a broken promise ends the run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace boxoffice::tests::fuzz {

/// Takes the fuzzer's bytes apart from the front.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  /// The next byte; 0 when there is none.
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  /// Up to the next line feed, which is skipped; the rest when there is none.
  std::string_view line() {
    const std::string_view out = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(out.size() == rest_.size() ? out.size() : out.size() + 1);
    return out;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// Ends the run, which keeps the input, when a promise does not hold.
inline void promised(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

}  // namespace boxoffice::tests::fuzz
