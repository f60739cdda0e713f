// Seat maps of the past, against the seat map that was there then.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

/// Everything that a client sees of it, and its version.
std::string seen(const std::optional<SeatMapView>& map) {
  if (!map) return "none";
  std::string out = std::to_string(map->version) + " " + std::to_string(map->first_seat.value);
  for (const auto row : map->rows) out += " " + std::to_string(row);
  for (const SeatView& seat : map->seats) {
    out += "," + std::string(enum_name(seat.status)) + std::to_string(seat.locked_until.us);
  }
  return out;
}

std::vector<std::uint32_t> many_choices(std::uint32_t seed) {
  std::vector<std::uint32_t> choices;
  std::uint32_t x = seed;
  for (int i = 0; i < 250; ++i) choices.push_back((x = x * 1664525 + 1013904223) >> 1);
  return choices;
}

TEST(PastSeats, of_a_long_history_are_not_told_at_any_price) {
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  History history;
  history.add(movie_created(1));
  history.add(theatre_created(1));
  history.add(show_created(1, 1, 1));
  for (const auto& frame : history.frames(1)) unwrap(models->apply(frame));
  const auto enough = models->seat_map(ShowId(1), Position(3), []() -> Result<void> {
    return fault(FaultKind::unavailable, "enough");
  });
  ASSERT_FALSE(enough);
  EXPECT_EQ(enough.error().text, "enough");
}

// The live map is asked after every single event, so at every position that there is.
TEST(PastSeats, a_seat_map_as_of_a_position_is_the_one_that_was_there) {
  std::map<std::string, int> seats_seen;
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    const RandomHistory random = random_history(many_choices(seed));
    tests::TempDir directory;
    const auto models = open_models(directory.path());
    std::vector<std::vector<std::string>> live(random_ids_max + 1, {"none"});
    for (const events::Frame& frame : random.history.frames(1)) {
      unwrap(models->apply(frame));
      for (std::uint32_t id = 1; id <= random_ids_max; ++id) {
        live[id].push_back(seen(models->seat_map(ShowId(id))));
      }
    }
    for (std::uint32_t id = 1; id <= random_ids_max; ++id) {
      for (std::uint64_t p = 0; p <= random.history.last().value; ++p) {
        const auto map = seats_at(*models, ShowId(id), Position(p));
        ASSERT_EQ(seen(map), live[id][p]) << "seed " << seed << " show " << id << " at " << p;
        if (!map) continue;
        ASSERT_EQ(map->position, Position(p));
        for (const char letter : letters_of(*map)) ++seats_seen[std::string(1, letter)];
      }
    }
  }
  for (const char* const letter : {".", "L", "B"}) EXPECT_GT(seats_seen[letter], 1'000) << letter;
}

TEST(PastSeats, a_lock_holds_until_its_end_is_in_the_log_as_it_did_then) {
  Models models;
  models.given(movie_created(1), theatre_created(1), show_created(1));
  const Position locked = models.given(seats_locked(1, {SeatId(2)}, time_of(5)));
  ASSERT_EQ(locked, Position(4));
  const Position last = models.given(movie_created(2), movie_created(3), movie_created(4));
  ASSERT_GT(time_of(last.value), time_of(5));
  ASSERT_EQ(models->seat_map(ShowId(1))->seats[1].status, SeatStatus::locked);
  const auto late = seats_at(*models, ShowId(1), last);
  EXPECT_EQ(late->seats[1].status, SeatStatus::locked) << "as the map at that position says";
  EXPECT_EQ(late->seats[1].locked_until, time_of(5));
  const Position over =
      models.given(events::LockExpired{.show_id = ShowId(1), .seat_ids = {SeatId(2)}});
  EXPECT_EQ(seats_at(*models, ShowId(1), over)->seats[1].status, SeatStatus::free);
  EXPECT_EQ(seats_at(*models, ShowId(1), last)->seats[1].status, SeatStatus::locked);
}

// Random histories do not come to it.
TEST(PastSeats, a_booking_that_ends_frees_nothing_that_is_anothers_by_then) {
  Models models;
  models.given(movie_created(1), theatre_created(1), show_created(1),
               booking_created(1, 1, {SeatId(1), SeatId(2)}));
  models.given(events::BookingExpired{BookingId(1)}, booking_created(2, 1, {SeatId(2)}));
  const Position last = models.given(events::BookingCancelled{
      .booking_id = BookingId(1), .reason = events::CancelReason::payment_failed});
  const auto map = seats_at(*models, ShowId(1), last);
  EXPECT_EQ(letters_of(*map), ".B....");
  EXPECT_EQ(seen(map), seen(models->seat_map(ShowId(1))));
}

// More than a question about a history looks at: 10,000 entries.
TEST(PastSeats, a_long_history_is_folded_to_its_end) {
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  History history;
  history.add(movie_created(1));
  history.add(theatre_created(1));
  history.add(show_created(1));
  for (int i = 0; i < 15'000; ++i) {
    const SeatId seat(1 + static_cast<std::uint32_t>(i) % 6);
    history.add(seats_locked(1, {seat}, Instant{i}));
    if (i % 2 == 0) {
      history.add(events::SeatsReleased{.show_id = ShowId(1), .seat_ids = {seat}});
    }
  }
  for (const events::Frame& frame : history.frames(1'000)) unwrap(models->apply(frame));
  EXPECT_EQ(seen(seats_at(*models, ShowId(1), history.last())),
            seen(models->seat_map(ShowId(1))));
  const Position early(10);
  EXPECT_EQ(seats_at(*models, ShowId(1), early)->version, 10U);
}

TEST(PastSeats, there_is_none_before_the_show_nor_after_its_deletion) {
  Models models;
  const Position before = models.given(movie_created(1), theatre_created(1));
  const Position there = models.given(show_created(1));
  const Position gone = models.given(events::ShowDeleted{ShowId(1)});
  EXPECT_FALSE(seats_at(*models, ShowId(1), before));
  EXPECT_TRUE(seats_at(*models, ShowId(1), there));
  EXPECT_FALSE(seats_at(*models, ShowId(1), gone));
  EXPECT_FALSE(seats_at(*models, ShowId(2), there));
}

}  // namespace
}  // namespace boxoffice::projections
