// Snapshots: whatever the log was replayed to can be written, read back and gone on from, and a
// snapshot that is not sound is never used.
#include "engine/snapshot.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "engine/engine.h"
#include "engine/log/sha256.h"
#include "engine/replay.h"
#include "engine/sequencer/sequencer.h"
#include "engine/snapshot_maker.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/engine/domain/state_text.h"
#include "tests/unit/engine/sequencer/pipeline_support.h"

namespace boxoffice::tests {
namespace {

using engine::Snapshot;
using engine::SnapshotStore;
using engine::log::EventLog;

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Result<void> see_nothing(const events::Frame&) { return success(); }

// Appends what `commands` lead to, one frame each.
class WrittenLog {
 public:
  void write(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      sequencer_.open(now_);
      Submission submission{.command = command};
      submission.idempotency = events::Idempotency{fingerprint(++keys_), fingerprint(0)};
      sequencer_.add(std::move(submission));
      append(sequencer_.seal());
      now_ = now_ + seconds(20);
    }
  }
  // Some of everything: locks, a booking that is being paid, a paid one, an expired one, a refusal.
  void write_a_bit_of_everything() {
    write(opening_commands());
    write({lock({1, 2}, "a"), lock({2}, "b"), book({3, 4}), pay(booking1, price * 2, 1), book({5}),
           pay(booking2, price, 2), says_paid(2), book({6})});
    now_ = now_ + hours(1);
    write({lock({7}, "c")});
  }

  MemoryLog& log() { return log_; }

 private:
  static Fingerprint fingerprint(std::uint8_t number) {
    Fingerprint print;
    print.bytes.fill(number);
    return print;
  }
  void append(const engine::SealedFrame& sealed) {
    const auto outcome =
        log_.append({.first = sealed.frame->first(),
                     .count = static_cast<std::uint32_t>(sealed.frame->events.size()),
                     .time = sealed.frame->time,
                     .digest = sealed.digest,
                     .body = sealed.body});
    ASSERT_EQ(outcome.status, AppendStatus::durable);
  }

  MemoryLog log_;
  engine::Sequencer sequencer_{{}, {}};
  Instant now_ = noon;
  std::uint8_t keys_ = 0;
};

// The snapshot after each frame of the log.
std::vector<Snapshot> snapshots_of(const EventLog& log) {
  std::vector<Snapshot> snapshots;
  Snapshot snapshot;
  engine::FrameReader reader(log.read(Position(1)));
  while (true) {
    const auto read = reader.next();
    if (!read || read.value() == nullptr) return snapshots;
    EXPECT_TRUE(engine::apply_frame(snapshot.state, *read.value()));
    snapshot.head = engine::log::Head{read.value()->stored.last(), read.value()->stored.hash};
    snapshots.push_back(snapshot);
  }
}

class Snapshots : public testing::Test {
 protected:
  void SetUp() override {
    written.write_a_bit_of_everything();
    snapshots = snapshots_of(written.log());
    ASSERT_GT(snapshots.size(), 12u);
  }

  // What newest() passed over, one line each.
  std::optional<Snapshot> newest(const EventLog& log) {
    passed_over.clear();
    auto found = store.newest(log, [&](const Fault& why) { passed_over.push_back(why.text); });
    EXPECT_TRUE(found);
    return found ? std::move(found).value() : std::nullopt;
  }
  std::filesystem::path write(const Snapshot& snapshot) {
    auto file = store.write(snapshot);
    EXPECT_TRUE(file) << file.error().text;
    return file.value().path;
  }

  WrittenLog written;
  std::vector<Snapshot> snapshots;
  TempDir dir;
  SnapshotStore store{dir.path() / "snapshots"};
  std::vector<std::string> passed_over;
};

TEST_F(Snapshots, are_read_as_they_were_written) {
  for (const Snapshot& snapshot : snapshots) {
    const std::string bytes = engine::encode_snapshot(snapshot);
    const auto read = engine::decode_snapshot(as_bytes(bytes));
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(read.value().head, snapshot.head);
    EXPECT_EQ(text_of(read.value().state), text_of(snapshot.state));
    EXPECT_TRUE(broken_invariants(read.value().state).empty());
    EXPECT_EQ(engine::encode_snapshot(read.value()), bytes);
  }
}

TEST_F(Snapshots, with_any_flipped_or_missing_byte_are_refused) {
  std::string bytes = engine::encode_snapshot(snapshots.back());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(engine::decode_snapshot(as_bytes(bytes).first(i))) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
    const auto read = engine::decode_snapshot(as_bytes(bytes));
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().kind, FaultKind::corrupt);
    bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
  }
}

// Makes the checksum right again after the snapshot was tampered with.
void seal(std::string& bytes) {
  const auto hash = engine::log::sha256(as_bytes(bytes).first(bytes.size() - 32));
  bytes.replace(bytes.size() - 32, 32, reinterpret_cast<const char*>(hash.bytes.data()), 32);
}

TEST_F(Snapshots, with_a_wrong_header_or_another_state_than_their_digest_are_refused) {
  const std::string sound = engine::encode_snapshot(snapshots.back());
  // Magic, header length, position, reserved, time, digest, body length, the state itself.
  for (const std::size_t at : {0, 6, 8, 20, 24, 64, 80, 88}) {
    std::string bytes = sound;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    seal(bytes);
    const auto read = engine::decode_snapshot(as_bytes(bytes));
    ASSERT_FALSE(read) << at;
    EXPECT_EQ(read.error().kind, FaultKind::corrupt) << at;
  }
  for (const std::size_t at : {4, 16}) {  // format, logic
    std::string bytes = sound;
    ++bytes[at];
    seal(bytes);
    EXPECT_EQ(engine::decode_snapshot(as_bytes(bytes)).error().kind, FaultKind::newer_format);
  }
}

TEST_F(Snapshots, replay_goes_on_from_each_of_them_to_the_same_state) {
  const auto whole = engine::replay(written.log(), see_nothing);
  ASSERT_TRUE(whole);
  for (const Snapshot& snapshot : snapshots) {
    Snapshot at = snapshot;
    ASSERT_TRUE(engine::replay_on(at, written.log(), at.head.last, see_nothing));
    EXPECT_EQ(at.head, written.log().head());
    EXPECT_EQ(text_of(at.state), text_of(whole.value()));
  }
}

TEST_F(Snapshots, replay_shows_what_was_not_seen_yet_also_from_before_the_snapshot) {
  for (const Snapshot& seen : snapshots) {
    for (const Snapshot& snapshot : snapshots) {
      Snapshot at = snapshot;
      Position next = seen.head.last.next();
      ASSERT_TRUE(engine::replay_on(at, written.log(), seen.head.last,
                                    [&](const events::Frame& frame) -> Result<void> {
                                      EXPECT_EQ(frame.first(), next);
                                      next = frame.last().next();
                                      return success();
                                    }));
      EXPECT_EQ(next, written.log().head().last.next());
    }
  }
}

TEST_F(Snapshots, an_engine_recovers_from_one) {
  ManualClock clock;
  CollectingListener listener;
  const auto recovered =
      engine::Engine::recover(written.log(), clock, listener, Position(), {}, snapshots[5]);
  ASSERT_TRUE(recovered) << recovered.error().text;
  const auto& recovery = recovered.value()->recovery();
  EXPECT_EQ(recovery.snapshot, snapshots[5].head.last);
  EXPECT_EQ(recovery.replayed, recovery.last.value - recovery.snapshot.value);
  EXPECT_EQ(recovery.folded, recovery.last.value);
}

TEST_F(Snapshots, the_newest_is_found_and_three_are_kept) {
  EXPECT_FALSE(newest(written.log()));
  for (std::size_t i = 0; i < 5; ++i) write(snapshots[i]);
  const auto files = store.list();
  ASSERT_TRUE(files);
  ASSERT_EQ(files.value().size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(files.value()[i].position, snapshots[4 - i].head.last);
  }
  EXPECT_EQ(newest(written.log())->head, snapshots[4].head);
  EXPECT_TRUE(passed_over.empty());
}

TEST_F(Snapshots, a_damaged_one_is_passed_over_for_the_one_before) {
  write(snapshots[1]);
  write(snapshots[2]);
  const auto path = write(snapshots[3]);
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(100).put('!');
  EXPECT_EQ(newest(written.log())->head, snapshots[2].head);
  ASSERT_EQ(passed_over.size(), 1u);
  EXPECT_EQ(passed_over[0],
            path.string() + ": the snapshot is damaged: its checksum does not match");
}

TEST_F(Snapshots, one_under_the_name_of_another_position_is_passed_over) {
  const auto path = write(snapshots[1]);
  std::filesystem::rename(path, path.parent_path() / "snapshot-00000000000000000009");
  EXPECT_FALSE(newest(written.log()));
  EXPECT_EQ(passed_over.size(), 1u);
}

TEST_F(Snapshots, those_of_another_log_or_from_beyond_its_end_are_passed_over) {
  WrittenLog other;
  other.write(opening_commands());
  other.write({lock({1}, "somebody else")});
  const auto of_other = snapshots_of(other.log());
  write(of_other.back());
  EXPECT_FALSE(newest(written.log()));
  EXPECT_EQ(passed_over.size(), 1u);
  write(snapshots.back());
  EXPECT_FALSE(newest(MemoryLog{}));
  EXPECT_EQ(passed_over.size(), 2u);
}

TEST_F(Snapshots, an_unfinished_one_is_no_snapshot_and_goes_with_the_next) {
  std::filesystem::create_directories(dir.path() / "snapshots");
  const auto unfinished = dir.path() / "snapshots" / "snapshot-00000000000000000099.tmp";
  std::ofstream(unfinished) << "half";
  EXPECT_FALSE(newest(written.log()));
  EXPECT_TRUE(passed_over.empty());
  write(snapshots[0]);
  EXPECT_FALSE(std::filesystem::exists(unfinished));
}

TEST_F(Snapshots, made_from_the_one_before_or_from_nothing_are_the_same_bytes) {
  write(snapshots[4]);
  const auto made = engine::make_snapshot(written.log(), store, see_nothing);
  ASSERT_TRUE(made && made.value());
  EXPECT_EQ(made.value()->position, written.log().head().last);
  const auto read = SnapshotStore::load(made.value()->path);
  ASSERT_TRUE(read);
  EXPECT_EQ(engine::encode_snapshot(read.value()), engine::encode_snapshot(snapshots.back()));
  const auto again = engine::make_snapshot(written.log(), store, see_nothing);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again.value()) << "there is one of that position";
}

TEST_F(Snapshots, are_given_up_when_whoever_sees_the_frames_says_so) {
  std::size_t seen = 0;
  const auto made =
      engine::make_snapshot(written.log(), store, [&](const events::Frame&) -> Result<void> {
        if (++seen == 2) return fault(FaultKind::unavailable, "enough");
        return success();
      });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().text, "enough");
  EXPECT_FALSE(newest(written.log()));
}

TEST_F(Snapshots, are_made_in_the_background_as_the_log_grows) {
  std::mutex mutex;
  std::condition_variable came;
  std::vector<Position> made;
  engine::SnapshotMaker maker(written.log(), store, Position(),
                              {.every_events = written.log().head().last.value,
                               .on_written =
                                   [&](const engine::SnapshotFile& file) {
                                     const std::lock_guard lock(mutex);
                                     made.push_back(file.position);
                                     came.notify_one();
                                   },
                               .on_fault = [](const Fault& why) { ADD_FAILURE() << why.text; }});
  maker.start();
  std::unique_lock lock(mutex);
  ASSERT_TRUE(came.wait_for(lock, std::chrono::seconds(60), [&] { return !made.empty(); }));
  EXPECT_EQ(made, std::vector{written.log().head().last});
  lock.unlock();
  maker.stop();
  EXPECT_EQ(newest(written.log())->head, written.log().head());
}

}  // namespace
}  // namespace boxoffice::tests
