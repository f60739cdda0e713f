#include <gtest/gtest.h>

#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

using events::ActorKind;
using events::CancelReason;
using events::CommandType;
using events::Refusal;

constexpr std::size_t all = 1'000;

/// Show 1 has the seats 1 to 6, show 2 the seats 7 to 12.
class HistoryTest : public ::testing::Test {
 protected:
  HistoryTest() {
    models.given(movie_created(1), theatre_created(1), show_created(1), show_created(2));
  }

  /// Gives the event and expects it as the newest entry of the history of show 1.
  void expect(events::EventBody event, HistoryEntry entry) {
    SCOPED_TRACE(std::string(events::type_name(event)));
    entry.position = models.given(std::move(event));
    entry.time = time_of(entry.position.value);
    const auto entries = of_show(1);
    ASSERT_FALSE(entries.empty());
    EXPECT_EQ(text_of(entries.back()), text_of(entry));
  }

  HistoryWindow window(Position after = {}, std::size_t limit = all) const {
    return {.after = after, .limit = limit, .at = models.history().last()};
  }
  std::vector<HistoryEntry> of_show(std::uint32_t show) const {
    return models->show_history(ShowId(show), window())->entries;
  }
  /// The positions of what happened to the seat.
  std::vector<std::uint64_t> of_seat(std::uint32_t seat) const {
    return positions(*models->seat_history(SeatId(seat), window()));
  }
  static std::vector<std::uint64_t> positions(const HistoryPage& page) {
    std::vector<std::uint64_t> out;
    for (const HistoryEntry& entry : page.entries) out.push_back(entry.position.value);
    return out;
  }
  static HistoryEntry entry(HistoryKind kind, std::vector<SeatId> seats) {
    HistoryEntry entry;
    entry.kind = kind;
    entry.seat_ids = std::move(seats);
    return entry;
  }

  const std::vector<SeatId> seats{SeatId(2), SeatId(3)};
  Models models;
};

using Positions = std::vector<std::uint64_t>;

TEST_F(HistoryTest, has_every_hold_of_a_seat_from_lock_to_sale_and_back) {
  HistoryEntry locked = entry(HistoryKind::locked, seats);
  locked.session = "session";
  locked.until = time_of(300);
  expect(seats_locked(1, seats, time_of(300)), locked);
  expect(events::LockExpired{ShowId(1), seats}, entry(HistoryKind::lock_expired, seats));
  expect(events::SeatsReleased{ShowId(1), seats}, entry(HistoryKind::released, seats));

  HistoryEntry booked = entry(HistoryKind::booked, seats);
  booked.user_id = UserId(7);
  booked.booking_id = BookingId(1);
  booked.until = time_of(600);
  expect(booking_created(1, 1, seats, 7), booked);
  HistoryEntry later = booked;
  later.until.reset();
  later.kind = HistoryKind::confirmed;
  expect(events::BookingConfirmed{BookingId(1), PaymentId(1), false}, later);
  later.kind = HistoryKind::cancelled;
  later.cancel_reason = CancelReason::user;
  expect(events::BookingCancelled{BookingId(1), CancelReason::user}, later);
  later.cancel_reason.reset();
  later.kind = HistoryKind::booking_expired;
  expect(events::BookingExpired{BookingId(1)}, later);
  later.kind = HistoryKind::taken_again;
  expect(events::BookingConfirmed{BookingId(1), PaymentId(1), true}, later);
}

TEST_F(HistoryTest, names_the_user_of_a_lock_and_no_session_when_a_token_came) {
  events::SeatsLocked locked = seats_locked(1, seats, time_of(300));
  locked.user_id = UserId(4);
  HistoryEntry wanted = entry(HistoryKind::locked, seats);
  wanted.user_id = UserId(4);
  wanted.until = time_of(300);
  expect(locked, wanted);
}

TEST_F(HistoryTest, has_refusals_about_seats_the_show_and_its_bookings) {
  events::CommandRefused taken;
  taken.command = CommandType::lock_seats;
  taken.reason = Refusal::seat_taken;
  taken.seat_ids = {SeatId(3)};
  taken.show_id = ShowId(1);
  taken.user_session = "bob";
  HistoryEntry wanted = entry(HistoryKind::refused, {SeatId(3)});
  wanted.session = "bob";
  wanted.command = CommandType::lock_seats;
  wanted.refusal = Refusal::seat_taken;
  expect(taken, wanted);

  models.given(booking_created(1, 1, seats));
  events::CommandRefused wrong_amount;
  wrong_amount.command = CommandType::initiate_payment;
  wrong_amount.reason = Refusal::amount_mismatch;
  wrong_amount.booking_id = BookingId(1);
  wanted = entry(HistoryKind::refused, seats);
  wanted.booking_id = BookingId(1);
  wanted.command = CommandType::initiate_payment;
  wanted.refusal = Refusal::amount_mismatch;
  expect(wrong_amount, wanted);

  const std::size_t entries = of_show(1).size();
  wrong_amount.booking_id = BookingId(9);
  taken.show_id = ShowId();
  models.given(wrong_amount, taken);
  EXPECT_EQ(of_show(1).size(), entries);
  for (const auto& status : models->status()) EXPECT_EQ(status.stopped, "") << status.name;
}

TEST_F(HistoryTest, of_a_seat_has_what_was_about_it_and_nothing_else) {
  const auto first = models.given(seats_locked(1, {SeatId(1), SeatId(2)}, {})).value;
  models.given(seats_locked(1, {SeatId(3)}, {}), seats_locked(2, {SeatId(7)}, {}));
  const auto last = models.given(booking_created(1, 1, {SeatId(2)})).value;
  EXPECT_EQ(of_seat(1), (Positions{first}));
  EXPECT_EQ(of_seat(2), (Positions{first, last}));
  EXPECT_EQ(of_seat(6), (Positions{}));
  EXPECT_EQ(of_seat(7), (Positions{first + 2}));
  EXPECT_FALSE(models->seat_history(SeatId(0), window()));
  EXPECT_FALSE(models->seat_history(SeatId(13), window()));
  EXPECT_EQ(of_show(2).size(), 1U);
}

TEST_F(HistoryTest, outlives_its_show_and_begins_with_it) {
  models.given(seats_locked(1, seats, {}), events::SeatsReleased{ShowId(1), seats},
               events::ShowDeleted{ShowId(1)});
  EXPECT_EQ(of_show(1).size(), 2U);
  EXPECT_FALSE(models->show_history(ShowId(3), window()));
  EXPECT_FALSE(models->show_history(ShowId(1), {.after = {}, .limit = all, .at = Position(2)}));
  EXPECT_FALSE(models->seat_history(SeatId(1), {.after = {}, .limit = all, .at = Position(2)}));
  EXPECT_TRUE(models->seat_history(SeatId(1), {.after = {}, .limit = all, .at = Position(3)}));
}

/// All pages of `limit`, one after the other; `pages` counts them.
template <class Ask>
Positions page_by_page(Ask&& ask, std::size_t limit, Position at, std::size_t& pages) {
  Positions found;
  Position after;
  for (pages = 1;; ++pages) {
    const HistoryPage page = *ask(HistoryWindow{.after = after, .limit = limit, .at = at});
    EXPECT_LE(page.entries.size(), limit);
    for (const HistoryEntry& entry : page.entries) found.push_back(entry.position.value);
    if (!page.next) return found;
    EXPECT_GT(*page.next, after);
    after = *page.next;
  }
}

TEST_F(HistoryTest, pages_join_without_gap_or_repeat_and_the_last_one_has_no_next) {
  Positions of_one;
  Positions of_all;
  for (std::uint32_t i = 0; i < 10; ++i) {
    of_all.push_back(models.given(seats_locked(1, {SeatId(1 + i % 2)}, {})).value);
    if (i % 2 == 0) of_one.push_back(of_all.back());
    models.given(seats_locked(2, {SeatId(7)}, {}));
  }
  const auto show = [&](const HistoryWindow& w) { return models->show_history(ShowId(1), w); };
  const auto seat = [&](const HistoryWindow& w) { return models->seat_history(SeatId(1), w); };
  const Position at = models.history().last();
  std::size_t pages = 0;
  for (const std::size_t limit : {1U, 3U, 10U, 11U}) {
    EXPECT_EQ(page_by_page(show, limit, at, pages), of_all) << limit;
    EXPECT_EQ(pages, (10 + limit - 1) / limit) << limit;
    EXPECT_EQ(page_by_page(seat, limit, at, pages), of_one) << limit;
  }
  EXPECT_EQ(positions(*show({.after = Position(of_all[3]), .limit = 2, .at = at})),
            (Positions{of_all[4], of_all[5]}));
  const HistoryPage then = *show({.after = {}, .limit = all, .at = Position(of_all[1])});
  EXPECT_EQ(positions(then), (Positions{of_all[0], of_all[1]})) << "as of an earlier position";
  EXPECT_FALSE(then.next);
}

TEST(HistoryOfMany, goes_on_over_more_events_than_one_question_looks_at) {
  History history;
  history.add(show_created(1));
  history.add(show_created(2));
  // 30,000 events of seat 1, one of seat 2 in their midst, and then 10,000 of another show.
  Position wanted;
  for (std::uint32_t i = 0; i < 30'000; ++i) {
    history.add(seats_locked(1, {SeatId(1)}, {}));
    if (i == 25'000) wanted = history.add(seats_locked(1, {SeatId(2)}, {}));
  }
  for (std::uint32_t i = 0; i < 10'000; ++i) history.add(seats_locked(2, {SeatId(7)}, {}));
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  for (const events::Frame& frame : history.frames(500)) unwrap(models->apply(frame));
  const auto show = [&](const HistoryWindow& w) { return models->show_history(ShowId(1), w); };
  const auto seat = [&](const HistoryWindow& w) { return models->seat_history(SeatId(2), w); };
  std::size_t pages = 0;
  EXPECT_EQ(page_by_page(seat, 100, history.last(), pages), (Positions{wanted.value}));
  EXPECT_EQ(pages, 4U) << "10,000 entries a question";
  const Positions entries = page_by_page(show, 700, history.last(), pages);
  EXPECT_EQ(entries.size(), 30'001U);
  EXPECT_TRUE(std::ranges::is_sorted(entries));
  EXPECT_EQ(std::ranges::adjacent_find(entries), entries.end());
}

// Replays each entry on the seats as an auditor would, and compares them with the domain's.
TEST(HistoryOfMany, tells_of_every_seat_what_became_of_it) {
  std::vector<std::uint32_t> choices;
  std::uint32_t x = 5;
  for (int i = 0; i < 150; ++i) choices.push_back((x = x * 1664525 + 1013904223) >> 1);
  const RandomHistory random = random_history(choices);
  const Position last = random.history.last();
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  for (const events::Frame& frame : random.history.frames(4)) unwrap(models->apply(frame));
  std::size_t seen = 0;
  for (const auto& [show_id, letters] : random.seats.back()) {
    const SeatId first = models->show(show_id, last)->first_seat;
    for (std::uint32_t i = 0; i < letters.size(); ++i) {
      const auto page =
          models->seat_history(SeatId(first.value + i), {.after = {}, .limit = all, .at = last});
      char state = '.';
      for (const HistoryEntry& entry : page->entries) {
        ++seen;
        switch (entry.kind) {
          case HistoryKind::locked: state = 'L'; break;
          case HistoryKind::booked:
          case HistoryKind::confirmed:
          case HistoryKind::taken_again: state = 'B'; break;
          case HistoryKind::refused: break;
          case HistoryKind::released:
          case HistoryKind::lock_expired:
          case HistoryKind::cancelled:
          case HistoryKind::booking_expired: state = '.'; break;
        }
      }
      EXPECT_EQ(state, letters[i]) << "seat " << first.value + i;
    }
  }
  EXPECT_GT(seen, 20U) << "there was something to tell";
}

}  // namespace
}  // namespace boxoffice::projections
