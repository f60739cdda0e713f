// An answer as of a position is the answer that was given there: models that have moved on are
// compared with models that have seen nothing else.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

rc::Gen<std::vector<std::uint32_t>> choices() {
  return rc::gen::resize(30,
                         rc::gen::container<std::vector<std::uint32_t>>(rc::gen::resize(
                             rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, 2'000'000'000))));
}

RC_GTEST_PROP(AsOf, every_answer_of_the_past_is_what_it_was_then, ()) {
  const RandomHistory random = random_history(*choices());
  const History& history = random.history;
  const auto frame_size = *rc::gen::inRange<std::size_t>(1, 8);

  tests::TempDir then_directory;
  const auto then = open_models(then_directory.path());
  std::vector<std::string> answers{answers_at(*then, Position(0), random_ids_max)};
  for (const events::Frame& frame : history.frames(1)) {
    unwrap(then->apply(frame));
    answers.push_back(answers_at(*then, frame.last(), random_ids_max));
  }
  for (const auto& status : then->status()) RC_ASSERT(status.stopped == "");

  tests::TempDir now_directory;
  const auto now = open_models(now_directory.path());
  for (const events::Frame& frame : history.frames(frame_size)) unwrap(now->apply(frame));
  for (std::uint64_t p = 0; p <= history.last().value; ++p) {
    RC_ASSERT(answers_at(*now, Position(p), random_ids_max) == answers[p]);
  }
  RC_ASSERT(answers_now(*now, random_ids_max) == answers_now(*then, random_ids_max));
}

RC_GTEST_PROP(AsOf, seat_maps_show_what_the_domain_decided, ()) {
  const RandomHistory random = random_history(*choices());
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  for (const events::Frame& frame : random.history.frames(1)) {
    unwrap(models->apply(frame));
    std::map<ShowId, std::string> seats;
    for (std::uint32_t id = 1; id <= random_ids_max; ++id) {
      if (const auto map = models->seat_map(ShowId(id))) seats[ShowId(id)] = letters_of(*map);
    }
    RC_ASSERT(seats == random.seats[frame.last().value - 1]);
  }
}

// The generator is only worth something when it reaches the corners.
TEST(AsOf, random_histories_reach_every_kind_of_event) {
  std::vector<std::uint32_t> choices;
  std::uint32_t x = 1;
  std::map<std::string, int> seen;
  for (int run = 0; run < 200; ++run) {
    choices.clear();
    for (int i = 0; i < 60; ++i) choices.push_back(x = x * 1664525 + 1013904223);
    for (std::uint32_t& choice : choices) choice >>= 1;
    const RandomHistory random = random_history(choices);
    for (const events::Event& event : random.history.events()) {
      ++seen[std::string(events::type_name(event.body))];
      const auto* const confirmed = std::get_if<events::BookingConfirmed>(&event.body);
      if (confirmed != nullptr && confirmed->late) ++seen["late"];
    }
  }
  for (const char* const type : {"MovieCreated",
                                 "MovieChanged",
                                 "MovieDeleted",
                                 "TheatreCreated",
                                 "TheatreChanged",
                                 "TheatreDeleted",
                                 "ShowCreated",
                                 "ShowChanged",
                                 "ShowDeleted",
                                 "UserRegistered",
                                 "UserChanged",
                                 "UserRoleChanged",
                                 "UserErased",
                                 "SeatsLocked",
                                 "SeatsReleased",
                                 "LockExpired",
                                 "BookingCreated",
                                 "BookingConfirmed",
                                 "BookingCancelled",
                                 "BookingExpired",
                                 "PaymentInitiated",
                                 "PaymentSucceeded",
                                 "PaymentFailed",
                                 "RefundRequested",
                                 "late"}) {
    EXPECT_GT(seen[type], 0) << type;
  }
}

}  // namespace
}  // namespace boxoffice::projections
