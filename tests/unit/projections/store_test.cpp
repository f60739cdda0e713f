// What is on disk: versions of projections, locks, damage, and projections that cannot go on.

#include "projections/store.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "projections/seat_map.h"
#include "tests/unit/projections/history.h"

namespace boxoffice::projections {
namespace {

constexpr TableId first_version{"seat_map", 1};
constexpr TableId second_version{"seat_map", 2};

/// Writes one row and its cursor, and closes the store.
void write_row(const std::string& directory, TableId id, std::uint32_t value) {
  const std::array ids{id};
  const auto store = unwrap(Store::open(directory, ids));
  Rows rows(*store->table(id));
  rows.put("k", value);
  const std::array changes{Store::Change{.rows = &rows, .cursor = Position(value)}};
  unwrap(store->write(changes));
  unwrap(store->flush());
}

std::optional<std::uint32_t> read_row(const std::string& directory, TableId id) {
  const std::array ids{id};
  const auto store = unwrap(Store::open(directory, ids));
  return unwrap(store->table(id)->find<std::uint32_t>("k"));
}

TEST(Store, rows_and_cursor_come_back) {
  tests::TempDir directory;
  write_row(directory.path(), first_version, 7);
  EXPECT_EQ(read_row(directory.path(), first_version), 7U);
  const std::array ids{first_version};
  const auto store = unwrap(Store::open(directory.path(), ids));
  EXPECT_EQ(unwrap(store->table(first_version)->cursor()), Position(7));
}

TEST(Store, a_fold_sees_its_own_changes_before_they_are_written) {
  tests::TempDir directory;
  const std::array ids{first_version};
  const auto store = unwrap(Store::open(directory.path(), ids));
  const Table& table = *store->table(first_version);
  Rows rows(table);
  rows.put("k", 1U);
  rows.put("k", 2U);
  EXPECT_EQ(unwrap(rows.find<std::uint32_t>("k")), 2U);
  EXPECT_EQ(unwrap(table.find<std::uint32_t>("k")), std::nullopt);
  const std::array changes{Store::Change{.rows = &rows, .cursor = Position(1)}};
  unwrap(store->write(changes));
  EXPECT_EQ(unwrap(table.find<std::uint32_t>("k")), 2U);
  Rows others(table);
  others.put("k", 3U);
  const std::array more{Store::Change{.rows = &others, .cursor = Position(2)}};
  unwrap(store->write(more));
  EXPECT_EQ(unwrap(rows.find<std::uint32_t>("k")), 3U) << "what was written is no longer a change";
}

TEST(Store, rows_of_an_older_version_are_dropped) {
  tests::TempDir directory;
  write_row(directory.path(), first_version, 7);
  EXPECT_EQ(read_row(directory.path(), second_version), std::nullopt);
  const std::array ids{second_version};
  const auto store = unwrap(Store::open(directory.path(), ids));
  EXPECT_EQ(unwrap(store->table(second_version)->cursor()), Position(0));
}

TEST(Store, rows_of_a_newer_version_are_refused_and_kept) {
  tests::TempDir directory;
  write_row(directory.path(), second_version, 7);
  const std::array ids{first_version};
  const auto refused = Store::open(directory.path(), ids);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::newer_format);
  EXPECT_NE(refused.error().text.find("seat_map@2"), std::string::npos) << refused.error().text;
  EXPECT_EQ(read_row(directory.path(), second_version), 7U);
}

TEST(Store, rows_that_this_build_does_not_know_are_left_alone) {
  tests::TempDir directory;
  constexpr TableId other{"sales", 9};
  write_row(directory.path(), other, 7);
  write_row(directory.path(), first_version, 1);
  EXPECT_EQ(read_row(directory.path(), other), 7U);
}

TEST(Store, one_process_at_a_time) {
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  const auto second = ReadModels::open(directory.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, FaultKind::locked);
}

TEST(Store, a_place_that_cannot_be_a_directory_is_an_io_fault) {
  tests::TempDir directory;
  const std::string file = directory.path() / "file";
  std::ofstream(file) << "x";
  const auto refused = ReadModels::open(file + "/read");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::io);
}

TEST(Store, a_row_that_is_not_one_is_a_fault_that_names_it) {
  tests::TempDir directory;
  write_row(directory.path(), first_version, 1'000'000);
  const std::array ids{first_version};
  const auto store = unwrap(Store::open(directory.path(), ids));
  const auto found = store->table(first_version)->find<std::string>("k");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, FaultKind::corrupt);
  EXPECT_NE(found.error().text.find("6b of seat_map@1"), std::string::npos) << found.error().text;
  EXPECT_THROW((void)value_or_throw(store->table(first_version)->find<std::string>("k")),
               StoreError);
}

/// Flips a byte in the middle of every table file.
void damage_tables(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(20);
    const char byte = static_cast<char>(file.get());
    file.seekp(20);
    file.put(static_cast<char>(byte ^ 0x55));
  }
}

TEST(Store, damage_is_a_fault_and_never_an_answer) {
  tests::TempDir directory;
  {
    History history;
    history.add(movie_created(1));
    const auto models = open_models(directory.path());
    unwrap(models->apply(history.frame(Position(1), Position(1))));
    unwrap(models->flush());
  }
  damage_tables(directory.path());
  const auto refused = ReadModels::open(directory.path());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FaultKind::corrupt);
}

// ---- Projections that stop ----------------------------------------------------------------------

std::map<std::string, ReadModels::Status> by_name(const ReadModels& models) {
  std::map<std::string, ReadModels::Status> all;
  for (const auto& status : models.status()) all[status.name] = status;
  return all;
}

TEST(Stopping, a_projection_that_cannot_fold_an_event_stops_there_and_the_others_go_on) {
  Models models;
  models.given(movie_created(1), theatre_created(1), show_created(1));
  const Position last = models.given(events::BookingExpired{BookingId(5)}, movie_created(2));
  auto status = by_name(*models);
  EXPECT_EQ(status["bookings"].position, Position(3));
  EXPECT_EQ(status["bookings"].stopped,
            "cannot fold BookingExpired at position 4: booking 5 is unknown");
  EXPECT_EQ(status["seat_map"].position, Position(3));
  for (const char* const name : {"catalog", "users", "payments"}) {
    EXPECT_EQ(status[name].position, last) << name;
    EXPECT_EQ(status[name].stopped, "") << name;
    EXPECT_EQ(status[name].version, name == std::string_view("users") ? 2U : 1U) << name;
  }
  EXPECT_EQ(models->position(), last);
  EXPECT_NE(models->movie(MovieId(2), last), nullptr);
  EXPECT_THROW((void)models->seat_map(ShowId(1)), StoreError) << "it would be an old answer";
  EXPECT_THROW((void)models->booking(BookingId(5), last), StoreError);
  EXPECT_EQ(models->booking(BookingId(5), Position(3)), std::nullopt) << "that much it knows";
}

TEST(Stopping, what_came_before_in_the_same_frame_is_kept) {
  History history;
  history.add(movie_created(1));
  history.add(events::PaymentFailed{PaymentId(1), BookingId(1), transaction(1)});
  history.add(movie_created(2));
  tests::TempDir directory;
  auto models = open_models(directory.path());
  unwrap(models->apply(history.frame(Position(1), Position(3))));
  EXPECT_EQ(by_name(*models)["payments"].position, Position(1));
  unwrap(models->flush());
  models.reset();
  // A build that still cannot fold it stops at the same event; everything else is as it was.
  models = open_models(directory.path());
  EXPECT_EQ(models->position(), Position(1));
  unwrap(models->apply(history.frame(Position(2), Position(3))));
  EXPECT_EQ(by_name(*models)["payments"].position, Position(1));
  EXPECT_NE(by_name(*models)["payments"].stopped, "");
  EXPECT_EQ(models->position(), Position(3));
}

TEST(Stopping, events_about_the_unknown_are_not_folded) {
  const std::vector<std::pair<events::EventBody, std::string>> cases{
      {events::MovieChanged{}, "catalog"},
      {events::MovieDeleted{}, "catalog"},
      {events::TheatreChanged{}, "catalog"},
      {events::TheatreDeleted{}, "catalog"},
      {show_created(1), "catalog"},
      {events::ShowChanged{}, "catalog"},
      {events::ShowDeleted{}, "catalog"},
      {events::ShowDeleted{}, "seat_map"},
      {seats_locked(9, {SeatId(1)}, {}), "seat_map"},
      {events::BookingCancelled{BookingId(9), events::CancelReason::user}, "seat_map"},
      {events::BookingConfirmed{BookingId(9), PaymentId(9), true}, "seat_map"},
      {events::BookingConfirmed{BookingId(9), PaymentId(9), false}, "bookings"},
      {booking_created(1, 9, {SeatId(1)}), "sales"},
      {events::BookingConfirmed{BookingId(9), PaymentId(9), false}, "sales"},
      {events::PaymentSucceeded{}, "sales"},
      {events::RefundRequested{}, "sales"},
      {events::BookingExpired{BookingId(9)}, "history"},
      {events::PaymentSucceeded{}, "payments"},
      {events::RefundRequested{}, "payments"},
      {events::UserChanged{}, "users"},
      {events::UserErased{}, "users"},
      {events::UserRoleChanged{}, "users"}};
  for (const auto& [body, name] : cases) {
    Models models;
    models.given(body);
    EXPECT_NE(by_name(*models)[name].stopped, "") << events::type_name(body) << ' ' << name;
  }
}

TEST(Stopping, a_lock_with_one_seat_outside_the_show_locks_none) {
  tests::TempDir directory;
  const std::array ids{SeatMap::id};
  const auto store = unwrap(Store::open(directory.path(), ids));
  SeatMap seats(*store->table(SeatMap::id));
  Rows rows(*store->table(SeatMap::id));
  History history;
  history.add(show_created(1));
  history.add(seats_locked(1, {SeatId(1), SeatId(7)}, {}));
  unwrap(seats.fold(history.events()[0], rows));
  const std::size_t before = rows.size();
  EXPECT_FALSE(seats.fold(history.events()[1], rows));
  seats.end_frame(Position(1));
  EXPECT_EQ(seats.seat_map(ShowId(1), Position(1))->seats[0].status, SeatStatus::free);
  EXPECT_EQ(rows.size(), before);
}

TEST(Stopping, when_none_is_left_apply_says_so) {
  History history;
  history.add(events::MovieDeleted{});                                     // catalog
  history.add(events::BookingExpired{});                                   // all about bookings
  history.add(events::PaymentFailed{PaymentId(1), BookingId(1), Uuid{}});  // payments
  history.add(events::UserRoleChanged{});                                  // users
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  const auto applied = models->apply(history.frame(Position(1), Position(4)));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, FaultKind::unavailable);
  EXPECT_FALSE(models->apply(history.frame(Position(1), Position(4))));
}

}  // namespace
}  // namespace boxoffice::projections
