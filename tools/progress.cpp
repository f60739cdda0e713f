#include "tools/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace boxoffice::tools {

namespace {

using namespace std::chrono_literals;

constexpr auto bar_every = 100ms;
constexpr auto line_every = 10s;
constexpr std::uint64_t bar_columns = 40;

}  // namespace

Talk standard_talk() { return {std::cerr, ::isatty(STDERR_FILENO) == 1}; }

Progress::Progress(Talk talk, std::string doing, std::uint64_t total, SteadyNow now)
    : talk_(talk),
      doing_(std::move(doing)),
      total_(std::max<std::uint64_t>(total, 1)),
      now_(std::move(now)),
      begin_(now_()),
      next_(begin_ + (talk.is_terminal ? 1s : line_every)) {}

Progress::~Progress() {
  if (drawn_) talk_.out << "\r\033[K" << std::flush;
}

void Progress::at(std::uint64_t done) {
  const auto now = now_();
  if (now < next_) return;
  if (talk_.is_terminal) {
    next_ = now + bar_every;
    draw_bar(std::min(done, total_));
  } else {
    next_ = now + line_every;
    talk_.out << fmt::format("{}: {} of {} events{}\n", doing_, done, total_, pace(done))
              << std::flush;
  }
}

void Progress::draw_bar(std::uint64_t done) {
  const auto share = static_cast<double>(done) / static_cast<double>(total_);
  const auto filled = static_cast<std::uint64_t>(share * static_cast<double>(bar_columns));
  talk_.out << fmt::format("\r{} [{:#<{}}{:-<{}}] {:3.0f} %{}\033[K", doing_, "", filled, "",
                           bar_columns - filled, share * 100, pace(done))
            << std::flush;
  drawn_ = true;
}

std::string Progress::pace(std::uint64_t done) const {
  const std::chrono::duration<double> took = now_() - begin_;
  if (done == 0 || took.count() <= 0) return {};
  const double rate = static_cast<double>(done) / took.count();
  const double left = static_cast<double>(total_ - std::min(done, total_)) / rate;
  return fmt::format(", {:.0f} events/s, {:.0f} s left", rate, left);
}

}  // namespace boxoffice::tools
