// Readers on many threads while one folds: whatever position an answer carries, it is exactly true
// there. Run under ThreadSanitizer by its preset.

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

constexpr std::uint32_t shows = 3;
constexpr std::uint64_t rounds = 400;
constexpr Instant until{1};

/// Each round books one show, locks another, frees both, and changes the movie.
History busy_history() {
  History history;
  history.add(movie_created(1, "0"));
  history.add(theatre_created(1));
  for (std::uint32_t show = 1; show <= shows; ++show) history.add(show_created(show));
  for (std::uint32_t round = 1; round <= rounds; ++round) {
    const std::uint32_t show = 1 + round % shows;
    const std::uint32_t other = 1 + (round + 1) % shows;
    const SeatId seat(6 * show - 5 + round % 6);
    const SeatId other_seat(6 * other - 5 + round % 6);
    history.add(booking_created(round, show, {seat}, 1));
    history.add(seats_locked(other, {other_seat}, until));
    events::MovieChanged changed{.movie_id = MovieId(1),
                                 .title = {},
                                 .description = {},
                                 .duration = 1,
                                 .genre = {},
                                 .rating = {},
                                 .poster_url = {},
                                 .release_date = {}};
    changed.title = std::to_string(round);
    history.add(changed);
    history.add(events::BookingExpired{BookingId(round)});
    history.add(events::LockExpired{ShowId(other), {other_seat}});
  }
  return history;
}

std::string letters(const std::vector<SeatView>& seats) {
  std::string out;
  for (const SeatView& seat : seats) out += std::to_string(static_cast<int>(seat.status));
  return out;
}

/// The naive model: what each show's seats are after each event.
std::vector<std::map<ShowId, std::string>> seats_by_position(const History& history) {
  std::map<ShowId, std::string> seats;
  std::map<BookingId, SeatId> booked;
  std::vector<std::map<ShowId, std::string>> all{seats};
  const auto set = [&](SeatId seat, char to) {
    seats[ShowId((seat.value - 1) / 6 + 1)][(seat.value - 1) % 6] = to;
  };
  for (const events::Event& event : history.events()) {
    if (const auto* e = std::get_if<events::ShowCreated>(&event.body)) seats[e->show_id] = "000000";
    if (const auto* e = std::get_if<events::SeatsLocked>(&event.body)) set(e->seat_ids[0], '1');
    if (const auto* e = std::get_if<events::LockExpired>(&event.body)) set(e->seat_ids[0], '0');
    if (const auto* e = std::get_if<events::BookingCreated>(&event.body)) {
      set(booked[e->booking_id] = e->seat_ids[0], '2');
    }
    if (const auto* e = std::get_if<events::BookingExpired>(&event.body)) {
      set(booked[e->booking_id], '0');
    }
    all.push_back(seats);
  }
  return all;
}

class Reader {
 public:
  Reader(const ReadModels& models, const std::vector<std::map<ShowId, std::string>>& expected,
         Position last)
      : models_(models), expected_(expected), last_(last) {}

  /// Asks until everything has been folded; the number of wrong answers.
  int count_wrong_answers() {
    for (Position at; at < last_;) {
      at = models_.position();
      for (std::uint32_t show = 1; show <= shows; ++show) check_seats(ShowId(show), at);
      check_booking(at);
      check_movie(at);
    }
    return wrong_;
  }

 private:
  void expect(bool right) { wrong_ += right ? 0 : 1; }

  void check_seats(ShowId show, Position at) {
    const auto version = models_.seat_map_version(show);
    const auto map = models_.seat_map(show);
    const auto& then = expected_[map ? map->position.value : at.value];
    const auto found = then.find(show);
    if (!map) return expect(found == then.end());
    expect(found != then.end() && letters(map->seats) == found->second);
    expect(map->position >= at);
    expect(!version || version->version <= map->version);
  }

  void check_booking(Position at) {
    // Five events a round, after the five of the catalogue; the booking comes first.
    if (at.value < 6) return;
    const auto round = static_cast<std::uint32_t>((at.value - 6) / 5 + 1);
    const auto booking = models_.booking(BookingId(round), at);
    if (!booking) return expect(false);
    const bool expired = (at.value - 6) % 5 >= 3;
    expect((booking->status == BookingStatus::cancelled) == expired);
    expect(models_.bookings_of(UserId(1), Page<BookingId>::all(), at).size() == round);
  }

  void check_movie(Position at) {
    if (at.value < 5) return;
    const auto changes = (at.value - 3) / 5;  // the third event of each round
    const auto show = models_.show(ShowId(1), at);
    expect(show && show->movie->title == std::to_string(changes));
    expect(models_.shows({}, ShowOrder::id, {}, at).size() == shows);
  }

  const ReadModels& models_;
  const std::vector<std::map<ShowId, std::string>>& expected_;
  Position last_;
  int wrong_ = 0;
};

TEST(Concurrency, every_answer_is_exactly_true_at_its_position) {
  const History history = busy_history();
  const auto expected = seats_by_position(history);
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back(
        [&] { wrong += Reader(*models, expected, history.last()).count_wrong_answers(); });
  }
  std::size_t size = 1;
  for (Position first(1); first <= history.last();) {
    const Position last(std::min(first.value + size - 1, history.last().value));
    unwrap(models->apply(history.frame(first, last)));
    first = last.next();
    size = size % 9 + 1;
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace boxoffice::projections
