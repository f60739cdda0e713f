// given(events).when(command, by, at).then(events | refusal): how the rules are tested.
//
//   given(a_show(), SeatsLocked{…})
//       .when(LockSeats{show, {seat(1)}, "bob"}, nobody, noon + seconds(1))
//       .then(Refused{Refusal::seat_taken, {seat(1)}});
//
// As in the sequencer, what is due by then expires first, and its events come first in `then`.
// Whatever happened is applied, and the state's invariants are checked, so that a story can go on:
// then() returns the scenario for the next when().
#pragma once

#include <gtest/gtest.h>

#include <source_location>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "engine/domain/decide.h"
#include "engine/domain/evolve.h"
#include "engine/domain/invariants.h"
#include "events/print.h"

namespace boxoffice::tests {

using Bodies = std::vector<events::EventBody>;
using Where = std::source_location;

/// The instant at which every given() starts.
inline constexpr Instant noon{1'718'452'800'000'000};  // 2024-06-15T12:00:00Z

/// The smallest step of time.
inline constexpr Duration tick{1};

inline const events::Actor nobody{};
inline const events::Actor gateway{.kind = events::ActorKind::gateway, .user_id = {}};
inline const events::Actor admin{.kind = events::ActorKind::admin, .user_id = UserId(99)};
inline events::Actor user(std::uint32_t id) {
  return {.kind = events::ActorKind::user, .user_id = UserId(id)};
}

/// What an event says, without where and when: for comparing and for failure messages.
inline std::string text_of(const events::EventBody& body) {
  return events::print_line(events::Event{.position = {},
                                          .command = {},
                                          .time = {},
                                          .actor = {},
                                          .cause = {},
                                          .idempotency = {},
                                          .body = body});
}

inline std::string text_of(const Bodies& bodies) {
  std::string text;
  for (const auto& body : bodies) text += "  " + text_of(body) + "\n";
  return bodies.empty() ? "  nothing\n" : text;
}

inline std::string text_of(const engine::domain::Refused& refused) {
  std::string text = "  refused: " + std::string(enum_name(refused.reason));
  for (const SeatId id : refused.seat_ids) text += " " + std::to_string(id.value);
  return text + "\n";
}

class Scenario {
 public:
  explicit Scenario(engine::domain::Rules rules = {}) : rules_(rules) {}

  /// Applies `bodies` as the events of one command at `at`.
  void apply(const Bodies& bodies, Instant at) {
    const Position command = state_.position.next();
    for (const auto& body : bodies) {
      evolve(state_, events::Event{.position = state_.position.next(),
                                   .command = command,
                                   .time = at,
                                   .actor = {},
                                   .cause = {},
                                   .idempotency = {},
                                   .body = body});
    }
  }

  Scenario& with(const engine::domain::Rules& rules) {
    rules_ = rules;
    return *this;
  }

  class Outcome;
  Outcome when(const engine::domain::Command& command, const events::Actor& by = nobody,
               Instant at = noon, Where where = Where::current());

  const engine::domain::State& state() const { return state_; }

  void check_invariants(Where where) const {
    for (const auto& broken : broken_invariants(state_)) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line())) << broken;
    }
  }

 private:
  engine::domain::State state_;
  engine::domain::Rules rules_;
};

class Scenario::Outcome {
 public:
  Outcome(Scenario& scenario, Bodies happened, std::optional<engine::domain::Refused> refused)
      : scenario_(scenario), happened_(std::move(happened)), refused_(std::move(refused)) {}

  Scenario& then(const Bodies& expected, Where where = Where::current()) {
    return compare(text_of(expected), where);
  }
  Scenario& then(const engine::domain::Refused& expected, Where where = Where::current()) {
    return compare(text_of(expected), where);
  }
  /// What was due expired, and then the command was refused.
  Scenario& then(const Bodies& due, const engine::domain::Refused& expected,
                 Where where = Where::current()) {
    return compare(text_of(due) + text_of(expected), where);
  }
  Scenario& then(events::Refusal expected, Where where = Where::current()) {
    return then(engine::domain::Refused{expected}, where);
  }
  Scenario& then_nothing(Where where = Where::current()) { return then(Bodies{}, where); }

  /// For a test that looks at a part only.
  const Bodies& happened() const { return happened_; }

 private:
  Scenario& compare(const std::string& expected, Where where) {
    const std::string actual = (refused_ && happened_.empty() ? "" : text_of(happened_)) +
                               (refused_ ? text_of(*refused_) : "");
    if (actual != expected) {
      ADD_FAILURE_AT(where.file_name(), static_cast<int>(where.line())) << "expected:\n"
                                                                        << expected << "happened:\n"
                                                                        << actual;
    }
    return scenario_;
  }

  Scenario& scenario_;
  Bodies happened_;
  std::optional<engine::domain::Refused> refused_;
};

inline Scenario::Outcome Scenario::when(const engine::domain::Command& command,
                                        const events::Actor& by, Instant at, Where where) {
  using namespace engine::domain;
  const Context context{.now = at, .actor = by, .rules = rules_};
  Bodies happened;
  const auto take = [&](Bodies bodies) {
    if (!bodies.empty()) apply(bodies, at);
    happened.insert(happened.end(), bodies.begin(), bodies.end());
    check_invariants(where);
  };
  if (is_due(state_, at)) {
    take(std::get<Accepted>(decide(state_, AdvanceTime{}, context)));
    EXPECT_FALSE(is_due(state_, at)) << "what was due is still due";
  }
  std::optional<Refused> refused;
  Decision decision = decide(state_, command, context);
  if (auto* accepted = std::get_if<Accepted>(&decision)) {
    take(std::move(*accepted));
  } else {
    refused = std::get<Refused>(decision);
    take({trace_of(command, *refused)});
    happened.pop_back();
  }
  return {*this, std::move(happened), std::move(refused)};
}

/// A scenario in which `first` and then `more…` have happened; each is a body or a list of them.
template <class... More>
Scenario given(Bodies first, More&&... more) {
  (
      [&] {
        if constexpr (std::is_same_v<std::decay_t<More>, Bodies>) {
          first.insert(first.end(), more.begin(), more.end());
        } else {
          first.emplace_back(std::forward<More>(more));
        }
      }(),
      ...);
  Scenario scenario;
  for (const auto& body : first) scenario.apply({body}, noon);
  scenario.check_invariants(Where::current());
  return scenario;
}

}  // namespace boxoffice::tests
