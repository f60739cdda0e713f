// How far a long piece of work has come, told on standard error: a bar that is drawn over on a
// terminal, an occasional plain line elsewhere. Short work says nothing.
//
// Threads: one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

namespace boxoffice::tools {

/// Where a tool talks to whoever watches it.
struct Talk {
  std::ostream& out;
  bool is_terminal = false;
};

/// Standard error.
Talk standard_talk();

class Progress {
 public:
  using SteadyNow = std::function<std::chrono::steady_clock::time_point()>;

  /// `doing`: "verifying"; `total`: of events, known beforehand; tests stand a clock in for `now`.
  Progress(Talk talk, std::string doing, std::uint64_t total,
           SteadyNow now = std::chrono::steady_clock::now);
  /// Wipes the bar away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// So many are done. Cheap enough to be called for every frame.
  void at(std::uint64_t done);

 private:
  void draw_bar(std::uint64_t done);
  std::string pace(std::uint64_t done) const;

  Talk talk_;
  const std::string doing_;
  const std::uint64_t total_;
  const SteadyNow now_;
  const std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point next_;
  bool drawn_ = false;
};

}  // namespace boxoffice::tools
