// What a listener is told about seats: applied to the map before, it gives the map after.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

bool same(const SeatView& a, const SeatView& b) {
  return a.status == b.status && a.locked_until == b.locked_until;
}

/// A copy of every map, kept up to date by what it is told.
class Copy : public FoldListener {
 public:
  explicit Copy(const ReadModels& models) : models_(models) {}

  void folded(Position position, std::optional<std::span<const SeatChanges>> changes) override {
    EXPECT_EQ(position, models_.position());
    ++calls;
    stopped = !changes.has_value();
    if (stopped) return;
    if (!changes->empty()) ++calls_with_changes;
    std::set<ShowId> told;
    for (const SeatChanges& changed : *changes) {
      EXPECT_TRUE(told.insert(changed.show_id).second) << "a show is told of once a frame";
      EXPECT_GE(models_.position().value, changed.version) << "told before it can be read";
      const auto& all = changed.changed;
      EXPECT_EQ(std::adjacent_find(all.begin(), all.end(), std::greater_equal<>()), all.end());
      Map& map = maps[changed.show_id];
      EXPECT_LT(map.version, changed.version);
      map.version = changed.version;
      map.deleted = changed.deleted;
      for (const std::size_t i : all) map.seats[i] = changed.seats[i];
    }
  }

  struct Map {
    std::uint64_t version = 0;
    bool deleted = false;
    std::map<std::size_t, SeatView> seats;  // those that were ever told of
  };
  std::map<ShowId, Map> maps;
  int calls = 0;
  int calls_with_changes = 0;
  bool stopped = false;  // as it was told last

 private:
  const ReadModels& models_;
};

/// Whether the copy says what the models say.
bool says(const Copy& copy, const ReadModels& models) {
  for (const auto& [show, map] : copy.maps) {
    const auto now = models.seat_map(show);
    if (map.deleted != !now.has_value()) return false;
    if (!now) continue;
    if (now->version != map.version) return false;
    for (std::size_t i = 0; i < now->seats.size(); ++i) {
      const auto told = map.seats.find(i);
      if (!same(now->seats[i], told == map.seats.end() ? SeatView{} : told->second)) return false;
    }
  }
  return true;
}

rc::Gen<std::vector<std::uint32_t>> choices() {
  return rc::gen::resize(30,
                         rc::gen::container<std::vector<std::uint32_t>>(rc::gen::resize(
                             rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, 2'000'000'000))));
}

RC_GTEST_PROP(SeatChangesTest, keep_a_copy_of_every_map_true_frame_by_frame, ()) {
  const History history = random_history(*choices()).history;
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  Copy copy(*models);
  models->tell_folds_to(copy);
  for (const auto& frame : history.frames(*rc::gen::inRange<std::size_t>(1, 8))) {
    unwrap(models->apply(frame));
    RC_ASSERT(says(copy, *models));
  }
}

TEST(SeatChangesTest, are_none_in_frames_that_change_no_seats) {
  Models models;
  Copy copy(*models);
  models->tell_folds_to(copy);
  models.given(movie_created(1), theatre_created(1), show_created(1), events::CommandRefused{});
  EXPECT_EQ(copy.calls, 4);
  EXPECT_EQ(copy.calls_with_changes, 0);
  models.given(seats_locked(1, {SeatId(2)}, Instant{1}));
  EXPECT_EQ(copy.calls_with_changes, 1);
  models.given(events::CommandRefused{});
  EXPECT_EQ(copy.calls, 6);
  EXPECT_EQ(copy.calls_with_changes, 1) << "the frame before is not told again";
}

TEST(SeatChangesTest, are_unknown_once_the_seat_map_has_stopped) {
  Models models;
  Copy copy(*models);
  models->tell_folds_to(copy);
  models.given(movie_created(1), theatre_created(1), show_created(1));
  EXPECT_FALSE(copy.stopped);
  models.given(events::SeatsReleased{ShowId(9), {SeatId(1)}});
  EXPECT_TRUE(copy.stopped);
  models.given(seats_locked(1, {SeatId(2)}, Instant{1}));
  EXPECT_TRUE(copy.stopped);
  EXPECT_EQ(copy.calls_with_changes, 0);
}

TEST(SeatChangesTest, tell_of_a_seat_once_and_of_a_show_that_is_deleted) {
  History history;
  for (const auto& body : std::initializer_list<events::EventBody>{
           movie_created(1), theatre_created(1), show_created(1), show_created(2),
           seats_locked(1, {SeatId(3), SeatId(1)}, Instant{1}),
           seats_locked(2, {SeatId(7)}, Instant{1}), seats_locked(1, {SeatId(1)}, Instant{2}),
           events::ShowDeleted{ShowId(2)}}) {
    history.add(body);
  }
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  Copy copy(*models);
  models->tell_folds_to(copy);
  unwrap(models->apply(history.frames(8).front()));
  EXPECT_EQ(copy.calls, 1);
  EXPECT_EQ(copy.maps[ShowId(1)].version, 7U);
  EXPECT_EQ(copy.maps[ShowId(1)].seats.size(), 2U);
  EXPECT_EQ(copy.maps[ShowId(1)].seats[0].locked_until, Instant{2});
  EXPECT_TRUE(copy.maps[ShowId(2)].deleted);
  EXPECT_TRUE(says(copy, *models));
}

}  // namespace
}  // namespace boxoffice::projections
