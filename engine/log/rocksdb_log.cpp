#include "engine/log/rocksdb_log.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/ensure.h"
#include "base/fail_point.h"
#include "engine/log/chain.h"
#include "engine/log/directories.h"
#include "engine/log/frame.h"
#include "engine/log/head_keeper.h"
#include "engine/log/head_mark.h"
#include "engine/log/rocksdb_database.h"
#include "engine/log/rocksdb_settings.h"

namespace boxoffice::engine::log {

namespace {

rocksdb::Slice as_slice(const std::array<char, 8>& key) { return {key.data(), key.size()}; }

class RocksdbCursor : public FrameCursor {
 public:
  RocksdbCursor(std::unique_ptr<rocksdb::Iterator> at, Position from, const Head& end,
                std::filesystem::path directory)
      : at_(std::move(at)), from_(from), end_(end), directory_(std::move(directory)) {}

  Result<std::optional<StoredFrame>> next() override {
    if (returned_) at_->Next();
    returned_ = false;
    if (from_ > end_.last || end_ == Head{}) return std::optional<StoredFrame>();
    if (!walk_) {
      TRY(const Head before, seek());
      walk_.emplace(before);
    }
    if (walk_->head().last >= end_.last) return finish();
    if (!at_->Valid()) return ended_early();
    TRY(const Position key, key_of(*at_));
    TRY(StoredFrame frame, walk_->step(key, as_bytes(at_->value())));
    returned_ = true;
    return std::optional(std::move(frame));
  }
  std::span<const std::uint8_t> bytes() const override { return as_bytes(at_->value()); }

 private:
  // Stands the iterator at the frame that holds `from_`; returns the end of the one before it.
  Result<Head> seek() {
    at_->SeekForPrev(as_slice(to_big_endian(from_.value)));
    if (at_->Valid()) at_->Prev();
    TRY(check_status());
    if (!at_->Valid()) {
      at_->SeekToFirst();
      return Head{};
    }
    TRY(const Head before, end_of_frame(*at_));
    at_->Next();
    return before;
  }

  Result<std::optional<StoredFrame>> finish() const {
    if (walk_->head() != end_) {
      return fault(FaultKind::corrupt, fmt::format("the frame that ends at position {} is not the "
                                                   "log's head",
                                                   walk_->head().last.value));
    }
    return std::optional<StoredFrame>();
  }

  // An iterator that meets a damaged table simply ends: its status says why.
  Fault ended_early() const {
    const auto status = check_status();
    if (!status) return status.error();
    return fault(FaultKind::corrupt,
                 fmt::format("events from position {} are missing: the log ends, its head is {}",
                             walk_->head().last.next().value, end_.last.value));
  }

  Result<void> check_status() const {
    if (at_->status().ok()) return success();
    return to_fault(at_->status(), "cannot read", directory_);
  }

  std::unique_ptr<rocksdb::Iterator> at_;
  const Position from_;
  const Head end_;
  const std::filesystem::path directory_;
  std::optional<ChainWalk> walk_;
  bool returned_ = false;  // the frame that the iterator stands at
};

class RocksdbLog : public EventLog {
 public:
  RocksdbLog(const RocksdbLogOptions& options, std::unique_ptr<Database> database, const Head& head,
             std::unique_ptr<HeadKeeper> keeper)
      : options_(options),
        database_(std::move(database)),
        keeper_(std::move(keeper)),
        head_(head) {}

  AppendOutcome append(const FrameDraft& draft) override {
    if (options_.read_only) {
      return {AppendStatus::fenced, fault(FaultKind::invalid, "the log was opened read-only")};
    }
    // The failed write may be on disk all the same: nothing can be known to follow it.
    if (!failure_ && keeper_) failure_ = keeper_->failure();
    if (failure_) return {AppendStatus::unknown, *failure_};
    const Sha256 hash = encode_frame(draft, head_, options_.logic_version, buffer_);
    const auto key = to_big_endian(draft.first.value);
    rocksdb::WriteOptions write;
    write.sync = true;
    fail_point(FailPoint::before_append);
    const auto status = database_->db->Put(
        write, database_->frames(), as_slice(key),
        rocksdb::Slice(reinterpret_cast<const char*>(buffer_.data()), buffer_.size()));
    if (!status.ok()) {
      failure_ = to_fault(status, "cannot append to", options_.directory);
      return {AppendStatus::unknown, *failure_};
    }
    fail_point(FailPoint::after_append);
    const Head head{Position(draft.first.value + draft.count - 1), hash};
    if (keeper_) keeper_->advance(head);
    const std::lock_guard lock(mutex_);
    head_ = head;
    return {AppendStatus::durable, {}};
  }

  Head head() const override {
    const std::lock_guard lock(mutex_);
    return head_;
  }

  std::unique_ptr<FrameCursor> read(Position from) const override {
    // In this order: the iterator then sees at least everything up to the head.
    const Head end = head();
    return std::make_unique<RocksdbCursor>(database_->iterate(), from, end, options_.directory);
  }

 private:
  const RocksdbLogOptions options_;
  const std::unique_ptr<Database> database_;
  const std::unique_ptr<HeadKeeper> keeper_;  // none when read-only
  std::vector<std::uint8_t> buffer_;          // the frame being appended
  std::optional<Fault> failure_;              // of the first append, or head mark, that failed
  mutable std::mutex mutex_;
  Head head_;  // written by the appending thread only, under mutex_
};

std::shared_ptr<rocksdb::FileSystem> files_of(const RocksdbLogOptions& options) {
  return options.env != nullptr ? options.env->GetFileSystem() : rocksdb::FileSystem::Default();
}

Result<void> prepare_directory(const RocksdbLogOptions& options) {
  const std::string name = options.directory.string();
  TRY(make_directories(*files_of(options), options.directory));
  std::error_code error;
  const auto space = std::filesystem::space(options.directory, error);
  if (error) {
    return fault(FaultKind::io, fmt::format("cannot examine {}: {}", name, error.message()));
  }
  if (space.available < options.free_space_min_bytes) {
    return fault(
        FaultKind::no_space,
        fmt::format("{}: {} MiB are free, {} are needed to open the log safely; make room, or "
                    "delete the file ballast beside it",
                    name, space.available >> 20, options.free_space_min_bytes >> 20));
  }
  return success();
}

// What is known of the log's end before it is opened.
struct Expected {
  std::optional<HeadMark> mark;
  std::optional<Fault> damaged;  // there are marks, and none can be read
  bool accepted = false;         // an operator wants the log as it is
};

Result<Expected> read_expected(const RocksdbLogOptions& options) {
  Expected out;
  if (options.head_directory.empty()) return out;
  const auto files = files_of(options);
  const auto accept = options.head_directory / accept_file;
  out.accepted = files->FileExists(accept.string(), {}, nullptr).ok();
  auto mark = read_head_mark(*files, options.head_directory);
  if (mark) {
    out.mark = mark.value();
  } else if (mark.error().kind == FaultKind::corrupt) {
    out.damaged = mark.error();
  } else {
    return mark.error();
  }
  return out;
}

std::string how_to_accept(const std::filesystem::path& head_directory) {
  return fmt::format("to go on with the log as it is, create the file {} and start again",
                     (head_directory / accept_file).string());
}

// The log in `database`, which ends at `head`, holds what its mark says.
Result<void> check_mark(const RocksdbLogOptions& options, const Expected& expected,
                        const Database& database, const Head& head) {
  if (options.head_directory.empty() || expected.accepted || head == Head{}) return success();
  const std::string how = how_to_accept(options.head_directory);
  if (expected.damaged) {
    return fault(FaultKind::corrupt, fmt::format("{}; {}", expected.damaged->text, how));
  }
  if (!expected.mark) {
    if (options.read_only) return success();
    return fault(FaultKind::corrupt,
                 fmt::format("the log in {} holds events up to position {}, and there is no head "
                             "mark in {}: whether its end is missing cannot be told; {}",
                             options.directory.string(), head.last.value,
                             options.head_directory.string(), how));
  }
  const Head& mark = expected.mark->head;
  if (mark == Head{}) return success();
  const auto at = database.iterate();
  at->SeekForPrev(as_slice(to_big_endian(mark.last.value)));
  if (!at->status().ok()) return to_fault(at->status(), "cannot read", options.directory);
  Head there;
  if (at->Valid()) {
    TRY(there, end_of_frame(*at));
  }
  if (there == mark) return success();
  return fault(FaultKind::corrupt,
               fmt::format("position {} of the log in {} is not what its head mark in {} says: the "
                           "log was changed or replaced; restore a backup, or, {}",
                           mark.last.value, options.directory.string(),
                           options.head_directory.string(), how));
}

// From here on the mark follows the log.
Result<std::unique_ptr<HeadKeeper>> keep_head(const RocksdbLogOptions& options,
                                              const Expected& expected, const Head& head) {
  if (options.head_directory.empty()) return std::unique_ptr<HeadKeeper>();
  const auto files = files_of(options);
  // A mark that an operator overruled must not be there to fall back to.
  const auto newest = expected.accepted ? std::nullopt : expected.mark;
  const std::uint64_t counter = expected.mark ? expected.mark->counter : 0;
  TRY(auto writer, HeadMarkWriter::open(files, options.head_directory, newest, counter, head));
  if (expected.accepted) {
    const auto accept = options.head_directory / accept_file;
    const auto status = files->DeleteFile(accept.string(), {}, nullptr);
    if (!status.ok()) return to_fault(status, "cannot remove", accept);
    // Back again after a power cut, it would accept what nobody has looked at.
    TRY(sync_directory(*files, options.head_directory));
  }
  return std::make_unique<HeadKeeper>(std::move(writer), head, options.on_fault);
}

Result<std::unique_ptr<EventLog>> open_writing(const RocksdbLogOptions& options,
                                               LogOpening& found) {
  TRY(prepare_directory(options));
  TRY(const Expected expected, read_expected(options));
  const bool binding = expected.mark && !expected.accepted;
  const auto look = [&](std::unique_ptr<Database> database, const Head& head) -> Result<void> {
    TRY(check_mark(options, expected, *database, head));
    if (!options.before_writing) return success();
    RocksdbLogOptions reading = options;
    reading.read_only = true;
    return options.before_writing(RocksdbLog(reading, std::move(database), head, nullptr));
  };
  TRY(auto database, open_to_write(options, binding ? expected.mark->head : Head{}, look, found));
  TRY(const Head head, find_head(*database, options.directory));
  TRY(auto keeper, keep_head(options, expected, head));
  found.accepted = expected.accepted;
  return std::make_unique<RocksdbLog>(options, std::move(database), head, std::move(keeper));
}

Result<std::unique_ptr<EventLog>> open_reading(const RocksdbLogOptions& options) {
  // Before the log: a running writer only moves it on.
  TRY(const Expected expected, read_expected(options));
  TRY(auto database, open_to_read(options));
  TRY(const Head head, find_head(*database, options.directory));
  if (expected.mark && !expected.accepted && head.last < expected.mark->head.last) {
    return ends_before_mark(options, head.last, expected.mark->head.last);
  }
  TRY(check_mark(options, expected, *database, head));
  return std::make_unique<RocksdbLog>(options, std::move(database), head, nullptr);
}

}  // namespace

Result<std::unique_ptr<EventLog>> open_rocksdb_log(const RocksdbLogOptions& options,
                                                   LogOpening* found) {
  LogOpening nobody_asks;
  if (options.read_only) return open_reading(options);
  return open_writing(options, found != nullptr ? *found : nobody_asks);
}

}  // namespace boxoffice::engine::log
