// Projections are made anew while they answer: the answers stay right, the rows become those of the
// log, and whatever interrupts it leaves no trace.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "projections/bookings.h"
#include "projections/row_key.h"
#include "projections/store.h"
#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::array names{"catalog",  "seat_map", "bookings", "users",
                           "payments", "sales",    "history"};

std::vector<std::uint32_t> choices(std::uint32_t seed, std::size_t count) {
  std::mt19937 random(seed);
  std::vector<std::uint32_t> all(count);
  for (auto& choice : all) choice = static_cast<std::uint32_t>(random() >> 1);
  return all;
}

const History& history() {
  static const RandomHistory made = random_history(choices(7, 150));
  return made.history;
}

std::string answers(const ReadModels& models) {
  return answers_at(models, models.position(), random_ids_max) +
         answers_now(models, random_ids_max);
}

/// What the answers should be, from models that were never disturbed.
const std::string& answers_of(Position at) {
  static std::map<Position, std::string> known;
  auto& known_here = known[at];
  if (!known_here.empty()) return known_here;
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  unwrap(models->apply(history().frame(Position(1), at)));
  return known_here = answers(*models);
}

std::vector<std::string> families_in(const std::string& directory) {
  std::vector<std::string> families;
  EXPECT_TRUE(rocksdb::DB::ListColumnFamilies({}, directory, &families).ok());
  return families;
}

Result<void> go_on() { return success(); }

class RebuildTest : public testing::Test {
 protected:
  void fold_to(Position last) {
    if (models->position() < last) {
      unwrap(models->apply(history().frame(models->position().next(), last)));
    }
  }
  void reopen() {
    rebuild.reset();
    models.reset();
    models = open_models(directory.path(), tiny_bulk);
  }
  void begin(std::string_view name) { rebuild = unwrap(models->begin_rebuild(name)); }
  void rebuild_to(Position last) {
    if (rebuild->position() < last) {
      unwrap(rebuild->apply(history().frame(rebuild->position().next(), last)));
    }
  }
  void attach() {
    rebuild_to(models->position());
    unwrap(models->attach(*rebuild));
  }
  void adopt() {
    unwrap(models->adopt(*rebuild));
    rebuild.reset();
  }

  tests::TempDir directory;
  std::unique_ptr<ReadModels> models = open_models(directory.path(), tiny_bulk);
  std::unique_ptr<Rebuild> rebuild;  // gone before its models
};

TEST_F(RebuildTest, every_projection_made_anew_is_the_one_that_was) {
  const Position middle(history().last().value / 2);
  for (const char* const name : names) {
    fold_to(middle);
    begin(name);
    attach();
    const auto compared = unwrap(models->compare(*rebuild, go_on));
    EXPECT_TRUE(compared.compared) << name;
    EXPECT_EQ(compared.first_difference, std::nullopt) << name;
    EXPECT_GT(compared.rows, 0U) << name;
    adopt();
    EXPECT_EQ(answers(*models), answers_of(middle)) << name;
  }
  fold_to(history().last());
  EXPECT_EQ(answers(*models), answers_of(history().last()));
  unwrap(models->flush());
  reopen();
  EXPECT_EQ(answers(*models), answers_of(history().last()));
}

TEST_F(RebuildTest, what_happens_after_it_was_attached_is_in_it) {
  const Position middle(history().last().value / 2);
  fold_to(middle);
  begin("bookings");
  attach();
  fold_to(history().last());
  EXPECT_EQ(unwrap(models->compare(*rebuild, go_on)).first_difference, std::nullopt)
      << "compared as of the moment when it was attached";
  adopt();
  EXPECT_EQ(answers(*models), answers_of(history().last()));
}

TEST_F(RebuildTest, there_is_no_rebuild_of_an_unknown_projection) {
  const auto unknown = models->begin_rebuild("weather");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, FaultKind::not_found);
}

TEST_F(RebuildTest, only_rows_that_count_stay) {
  fold_to(Position(20));
  begin("seat_map");
  attach();
  adopt();
  unwrap(models->flush());
  begin("users");
  rebuild_to(Position(10));
  reopen();
  const auto families = families_in(directory.path());
  EXPECT_THAT(families, Contains("seat_map@1+2"));
  EXPECT_THAT(families, Not(Contains("seat_map@1")));
  EXPECT_EQ(families.size(), 1 + names.size()) << "and the default one";
}

TEST_F(RebuildTest, a_crash_before_the_next_flush_is_as_if_it_had_not_been) {
  fold_to(Position(20));
  unwrap(models->flush());
  begin("seat_map");
  attach();
  adopt();
  reopen();
  EXPECT_THAT(families_in(directory.path()), Not(Contains("seat_map@1+2")));
  EXPECT_EQ(models->position(), Position(20));
  EXPECT_EQ(answers(*models), answers_of(Position(20)));
}

/// Changes rows behind the projection's back.
template <class Change>
void tamper(const std::string& directory, TableId id, Change&& change) {
  const std::array ids{id};
  const auto store = unwrap(Store::open(directory, ids));
  Rows rows(*store->table(id));
  change(rows);
  const std::array changes{
      Store::Change{.rows = &rows, .cursor = unwrap(store->table(id)->cursor())}};
  unwrap(store->write(changes));
  unwrap(store->flush());
}

TEST_F(RebuildTest, a_row_that_the_log_does_not_say_is_found_and_mended) {
  fold_to(Position(20));
  unwrap(models->flush());
  models.reset();
  tamper(directory.path(), Bookings::id, [](Rows& rows) { rows.put("z", 1U); });
  models = open_models(directory.path(), tiny_bulk);
  begin("bookings");
  attach();
  EXPECT_EQ(unwrap(models->compare(*rebuild, go_on)).first_difference,
            "row 7a should not be there");
  adopt();
  begin("bookings");
  attach();
  EXPECT_EQ(unwrap(models->compare(*rebuild, go_on)).first_difference, std::nullopt);
}

TEST_F(RebuildTest, a_row_that_is_missing_stops_its_projection_until_it_is_made_anew) {
  History events;
  events.add(movie_created(1));
  events.add(theatre_created(1));
  events.add(show_created(1));
  events.add(booking_created(1, 1, {SeatId(1)}));
  const Position expired = events.add(events::BookingExpired{BookingId(1)});
  unwrap(models->apply(events.frame(Position(1), Position(4))));
  unwrap(models->flush());
  models.reset();
  tamper(directory.path(), Bookings::id,
         [](Rows& rows) { rows.erase(row_key('b', BookingId(1))); });
  models = open_models(directory.path(), tiny_bulk);
  unwrap(models->apply(events.frame(expired, expired)));
  EXPECT_EQ(models->position(), expired) << "the others go on";
  EXPECT_THROW((void)models->booking(BookingId(1), expired), StoreError);

  begin("bookings");
  unwrap(rebuild->apply(events.frame(Position(1), expired)));
  unwrap(models->attach(*rebuild));
  EXPECT_FALSE(unwrap(models->compare(*rebuild, go_on)).compared);
  adopt();
  EXPECT_EQ(models->booking(BookingId(1), expired)->status, BookingStatus::cancelled);
  for (const auto& status : models->status()) EXPECT_EQ(status.stopped, "");
}

TEST_F(RebuildTest, comparing_can_be_given_up) {
  fold_to(Position(20));
  begin("seat_map");
  attach();
  const auto given_up = models->compare(
      *rebuild, []() -> Result<void> { return fault(FaultKind::unavailable, "enough"); });
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().text, "enough");
}

TEST_F(RebuildTest, a_seat_map_made_anew_is_of_another_edition) {
  fold_to(Position(20));
  const auto before = models->seat_map_version(ShowId(1));
  begin("seat_map");
  attach();
  adopt();
  const auto after = models->seat_map_version(ShowId(1));
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->version, before->version);
  EXPECT_NE(after->edition, before->edition);
  EXPECT_EQ(models->seat_map(ShowId(1))->edition, after->edition);
}

TEST_F(RebuildTest, one_that_cannot_fold_the_log_either_is_not_adopted) {
  History events;
  events.add(movie_created(1));
  unwrap(models->apply(events.frame(Position(1), Position(1))));
  begin("bookings");
  unwrap(rebuild->apply(events.frame(Position(1), Position(1))));
  unwrap(models->attach(*rebuild));
  const Position wrong = events.add(events::BookingExpired{BookingId(9)});
  unwrap(models->apply(events.frame(wrong, wrong)));
  const auto adopted = models->adopt(*rebuild);
  ASSERT_FALSE(adopted);
  EXPECT_THAT(adopted.error().text, HasSubstr("bookings: cannot fold BookingExpired"));
  models->detach(*rebuild);
}

// Everything that can happen, in any order: frames, flushes, crashes, rebuilds at every stage.
TEST_F(RebuildTest, whatever_comes_in_between_the_answers_are_those_of_the_log) {
  std::mt19937 random(11);
  bool attached = false;
  const auto crash = [&] {
    reopen();
    attached = false;
  };
  for (int step = 0; step < 300; ++step) {
    const Position before = models->position();
    switch (random() % 8) {
      case 0:
      case 1:
      case 2: fold_to(std::min(history().last(), Position(before.value + 1 + random() % 3))); break;
      case 3: unwrap(models->flush()); break;
      case 4: crash(); break;
      case 5:
        if (attached) models->detach(*rebuild);
        attached = false;
        begin(names[random() % names.size()]);
        break;
      case 6:
        if (rebuild && !attached) {
          rebuild_to(Position(
              std::min(models->position().value, rebuild->position().value + random() % 40)));
        }
        break;
      default:
        if (!rebuild || models->position() == Position()) break;
        if (!attached) {
          attach();
        } else {
          ASSERT_EQ(unwrap(models->compare(*rebuild, go_on)).first_difference, std::nullopt);
          adopt();
        }
        attached = rebuild != nullptr;
    }
    if (models->position()) {
      ASSERT_EQ(answers(*models), answers_of(models->position())) << "step " << step;
    }
  }
}

// Run under ThreadSanitizer by its preset.
TEST_F(RebuildTest, who_reads_meanwhile_does_not_notice) {
  const Position last = history().last();
  fold_to(last);
  const std::string expected = answers(*models);
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        if (answers(*models) != expected) ++wrong;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    for (const char* const name : names) {
      begin(name);
      attach();
      adopt();
      unwrap(models->flush());
    }
  }
  done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace boxoffice::projections
