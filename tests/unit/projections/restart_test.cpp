// The read models come back from any crash, and from the log alone.

#include <gtest/gtest.h>

#include "tests/unit/projections/random_history.h"

namespace boxoffice::projections {
namespace {

RandomHistory long_history() {
  std::vector<std::uint32_t> choices;
  std::uint32_t x = 7;
  for (int i = 0; i < 120; ++i) {
    x = x * 1664525 + 1013904223;
    choices.push_back(x >> 1);
  }
  return random_history(choices);
}

/// Folds what is missing, as a start-up does: from the stored position on.
void catch_up(ReadModels& models, const History& history, Position last) {
  if (models.position() >= last) return;
  unwrap(models.apply(history.frame(models.position().next(), last)));
}

TEST(Restart, a_crash_after_any_frame_changes_no_answer) {
  const History history = long_history().history;
  tests::TempDir crashing_directory;
  tests::TempDir steady_directory;
  const auto steady = open_models(steady_directory.path());
  auto crashing = open_models(crashing_directory.path());
  std::size_t number = 0;
  for (const events::Frame& frame : history.frames(3)) {
    unwrap(steady->apply(frame));
    catch_up(*crashing, history, frame.last());
    // Some of it reaches the disk, most of it does not.
    if (++number % 4 == 0) unwrap(crashing->flush());
    const Position flushed = number % 4 == 0 ? frame.last() : Position();  // none
    crashing.reset();
    crashing = open_models(crashing_directory.path());
    EXPECT_GE(crashing->position(), flushed);
    EXPECT_LE(crashing->position(), frame.last());
    catch_up(*crashing, history, frame.last());
    for (const Position at : {frame.first(), frame.last()}) {
      ASSERT_EQ(answers_at(*crashing, at, random_ids_max), answers_at(*steady, at, random_ids_max));
    }
    ASSERT_EQ(answers_now(*crashing, random_ids_max), answers_now(*steady, random_ids_max));
  }
}

TEST(Restart, who_catches_up_gets_where_the_others_are) {
  const History history = long_history().history;
  tests::TempDir directory;
  tests::TempDir steady_directory;
  const auto steady = open_models(steady_directory.path());
  auto models = open_models(directory.path());
  for (const events::Frame& frame : history.frames(10)) {
    unwrap(steady->apply(frame));
    models->begin_catching_up();
    unwrap(models->apply(frame));
    unwrap(models->caught_up());
    unwrap(models->flush());
    models.reset();
    models = open_models(directory.path(), tiny_bulk);
    ASSERT_EQ(models->position(), frame.last());
    ASSERT_EQ(answers_at(*models, frame.last(), random_ids_max),
              answers_at(*steady, frame.last(), random_ids_max));
    ASSERT_EQ(answers_now(*models, random_ids_max), answers_now(*steady, random_ids_max));
  }
}

TEST(Restart, what_was_flushed_needs_no_log) {
  const History history = long_history().history;
  tests::TempDir directory;
  auto models = open_models(directory.path());
  for (const events::Frame& frame : history.frames(10)) unwrap(models->apply(frame));
  const std::string before =
      answers_at(*models, history.last(), random_ids_max) + answers_now(*models, random_ids_max);
  unwrap(models->flush());
  models.reset();
  models = open_models(directory.path());
  EXPECT_EQ(models->position(), history.last());
  EXPECT_EQ(
      answers_at(*models, history.last(), random_ids_max) + answers_now(*models, random_ids_max),
      before);
}

TEST(Restart, events_that_were_seen_are_skipped_in_the_middle_of_a_frame_too) {
  const History history = long_history().history;
  tests::TempDir directory;
  tests::TempDir steady_directory;
  const auto steady = open_models(steady_directory.path());
  unwrap(steady->apply(history.frame(Position(1), history.last())));
  const auto models = open_models(directory.path());
  unwrap(models->apply(history.frame(Position(1), Position(history.last().value / 2))));
  for (int again = 0; again < 2; ++again) {
    unwrap(models->apply(history.frame(Position(1), history.last())));
  }
  EXPECT_EQ(models->position(), history.last());
  for (Position at(1); at <= history.last(); at = at.next()) {
    ASSERT_EQ(answers_at(*models, at, random_ids_max), answers_at(*steady, at, random_ids_max));
  }
  EXPECT_EQ(answers_now(*models, random_ids_max), answers_now(*steady, random_ids_max));
}

TEST(Restart, a_frame_that_was_half_seen_is_folded_from_its_first_new_event) {
  History history;
  history.add(movie_created(1));
  history.add(events::MovieDeleted{MovieId(1)});  // cannot be folded twice
  history.add(movie_created(2));
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  unwrap(models->apply(history.frame(Position(1), Position(2))));
  unwrap(models->apply(history.frame(Position(2), Position(3))));
  for (const auto& status : models->status()) EXPECT_EQ(status.stopped, "") << status.name;
  EXPECT_NE(models->movie(MovieId(2), Position(3)), nullptr);
}

TEST(RestartDeathTest, a_gap_between_frames_is_a_bug) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";  // RocksDB has threads of its own
  const History history = long_history().history;
  tests::TempDir directory;
  const auto models = open_models(directory.path());
  unwrap(models->apply(history.frame(Position(1), Position(3))));
  EXPECT_DEATH((void)models->apply(history.frame(Position(5), Position(6))), "without a gap");
}

}  // namespace
}  // namespace boxoffice::projections
