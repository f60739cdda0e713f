#include "tools/bench/load.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

namespace boxoffice::tools::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_every{100};
constexpr std::chrono::seconds last_answers{30};

double processor_seconds() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

class Run {
 public:
  Run(Connections& connections, Scenario& scenario, const LoadOptions& options)
      : connections_(connections),
        scenario_(scenario),
        options_(options),
        under_way_(connections.size()),
        start_(Clock::now()),
        end_(start_ + options.duration) {
    for (std::size_t i = 0; i < connections.size(); ++i) idle_.push_back(i);
  }

  LoadResult run(const Watcher& watcher) {
    const double cpu_before = processor_seconds();
    const auto done = go(watcher);
    if (!done) result_.broken_off = done.error();
    result_.seconds = std::chrono::duration<double>(last_answer_ - start_).count();
    result_.client_cpu_s = processor_seconds() - cpu_before;
    if (options_.rate && !result_.sold_out && done) {
      result_.not_made = due_until(end_) - std::min(due_until(end_), result_.visits);
    }
    return std::move(result_);
  }

 private:
  struct UnderWay {
    Step step = Step::lock;
    Clock::time_point since;
  };

  Result<void> go(const Watcher& watcher) {
    auto next_look = start_ + look_every;
    while (true) {
      const auto now = Clock::now();
      if (now < end_ && !result_.sold_out) {
        TRY(begin_visits(now));
      }
      const bool all_idle = idle_.size() == connections_.size();
      if (all_idle && (now >= end_ || result_.sold_out)) return success();
      if (now >= end_ + last_answers) {
        return fault(FaultKind::unavailable, "the server leaves requests without an answer");
      }
      TRY(take_answers(now));
      if (now >= next_look) {
        next_look = now + look_every;
        watcher(std::min(1.0, (now - start_) / std::chrono::duration<double>(end_ - start_)),
                answers_);
      }
    }
  }

  std::uint64_t due_until(Clock::time_point time) const {
    return static_cast<std::uint64_t>(std::chrono::duration<double>(time - start_).count() *
                                      *options_.rate);
  }
  Clock::time_point due(std::uint64_t visit) const {
    return start_ + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>(static_cast<double>(visit) / *options_.rate));
  }

  Result<void> begin_visits(Clock::time_point now) {
    while (!idle_.empty() && !result_.sold_out) {
      if (options_.rate && due(result_.visits) > now) break;
      const std::size_t customer = idle_.front();
      const auto asked = scenario_.begin(customer);
      if (!asked) {
        result_.sold_out = true;
        break;
      }
      idle_.pop_front();
      const auto since = options_.rate ? due(result_.visits) : Clock::now();
      ++result_.visits;
      TRY(send(customer, *asked, since));
    }
    return success();
  }

  Result<void> send(std::size_t customer, const Ask& asked, Clock::time_point since) {
    under_way_[customer] = {asked.step, since};
    return connections_.send(customer, asked.request);
  }

  Result<void> take_answers(Clock::time_point now) {
    std::chrono::nanoseconds wait = look_every;
    if (options_.rate && !idle_.empty() && now < end_ && !result_.sold_out) {
      wait = std::clamp(due(result_.visits) - now, std::chrono::nanoseconds(0), wait);
    }
    return connections_.take(wait, [this](std::size_t customer, const ServerAnswer& answer) {
      return answered(customer, answer);
    });
  }

  Result<void> answered(std::size_t customer, const ServerAnswer& answer) {
    last_answer_ = Clock::now();
    ++answers_;
    const UnderWay& asked = under_way_[customer];
    count(asked, scenario_.answered(customer, answer), answer);
    if (const auto next = scenario_.go_on(customer)) return send(customer, *next, last_answer_);
    idle_.push_back(customer);
    // At once, not when the others of this moment have been told.
    if (last_answer_ < end_ && !result_.sold_out) return begin_visits(last_answer_);
    return success();
  }

  void count(const UnderWay& asked, Outcome outcome, const ServerAnswer& answer) {
    StepFigures& figures = result_.steps[static_cast<std::size_t>(asked.step)];
    switch (outcome) {
      case Outcome::done: ++figures.done; break;
      case Outcome::refused: ++figures.refused; break;
      case Outcome::turned_away: ++figures.turned_away; return;
      case Outcome::failed:
        ++figures.failed;
        if (result_.first_failure.empty()) {
          result_.first_failure = fmt::format("{} {}", answer.status, answer.body.substr(0, 200));
        }
        return;
    }
    figures.times.record(last_answer_ - asked.since);
  }

  Connections& connections_;
  Scenario& scenario_;
  const LoadOptions options_;
  std::vector<UnderWay> under_way_;  // one a customer
  std::deque<std::size_t> idle_;     // who has waited longest comes first
  const Clock::time_point start_;
  const Clock::time_point end_;
  Clock::time_point last_answer_ = start_;
  std::uint64_t answers_ = 0;
  LoadResult result_;
};

}  // namespace

LoadResult run_load(Connections& connections, Scenario& scenario, const LoadOptions& options,
                    const Watcher& watcher) {
  return Run(connections, scenario, options).run(watcher);
}

}  // namespace boxoffice::tools::bench
