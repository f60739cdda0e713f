#include "tools/backup/segments.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "engine/log/chain.h"
#include "engine/log/sha256.h"
#include "tools/backup/durable_file.h"
#include "tools/sealed/sealed_json.h"

namespace boxoffice::tools::backup {

namespace {

namespace fs = std::filesystem;
using engine::log::Head;
using engine::log::StoredFrame;
using sealed::damaged;

constexpr std::uintmax_t manifest_bytes_max = 16 << 10;

Position position(std::int64_t value) { return Position(static_cast<std::uint64_t>(value)); }

std::string hex(const Sha256& hash) { return to_hex(hash.bytes); }

Sha256 hash_of(std::string_view text) {
  return engine::log::sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

bool is_hash(std::string_view text) {
  Sha256 hash;
  return parse_hex(text, hash.bytes);
}

// The numbers of the manifests that are there.
Result<std::set<std::int64_t>> manifest_numbers(const fs::path& directory) {
  std::set<std::int64_t> out;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string stem = at->path().stem().string();
    std::int64_t number = 0;
    const auto [rest, bad] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    const bool numbered = bad == std::errc() && rest == stem.data() + stem.size();
    if (numbered && at->path() == manifest_path(directory, number)) out.insert(number);
  }
  if (!error) return out;
  const bool missing = error == std::errc::no_such_file_or_directory;
  return fault(missing ? FaultKind::not_found : FaultKind::io,
               fmt::format("{}: {}", directory.string(), error.message()));
}

// What is wrong with the next manifest, after `backup`; empty when nothing is.
std::string_view wrong_in(const Manifest& next, const Backup& backup) {
  const Head before = backup.head();
  if (next.number != static_cast<std::int64_t>(backup.segments.size()) + 1) {
    return "is of another segment than its name says";
  }
  if (next.previous != hex(backup.manifests_hash)) return "does not follow the manifest before it";
  if (!backup.segments.empty() && next.log != backup.segments.front().log) {
    return "is of another log than the segment before it";
  }
  if (next.chain_before != hex(before.chain) || position(next.first) != before.last.next()) {
    return "does not begin where the segment before it ended";
  }
  if (next.first < 1 || next.last < next.first || next.frames < 1) return "has no events";
  if (!is_hash(next.log) || !is_hash(next.chain) || !is_hash(next.segment_sha256)) {
    return "lacks a hash";
  }
  return {};
}

// Reads one frame after the other from a segment.
class SegmentReader {
 public:
  explicit SegmentReader(fs::path path) : path_(std::move(path)), in_(path_, std::ios::binary) {
    std::error_code ignored;
    left_ = fs::file_size(path_, ignored);
  }

  bool at_end() const { return left_ == 0; }

  /// The next frame's bytes, valid until the next call.
  Result<std::span<const std::uint8_t>> next() {
    std::array<char, 8> length{};
    TRY(read(length.data(), length.size()));
    const auto bytes = from_big_endian<std::uint64_t>(length.data());
    // Before memory is asked for on a damaged length's word.
    if (bytes > left_) return damaged(path_.string(), "ends within a frame");
    frame_.resize(bytes);
    TRY(read(reinterpret_cast<char*>(frame_.data()), bytes));
    return std::span<const std::uint8_t>(frame_);
  }

 private:
  Result<void> read(char* out, std::uintmax_t bytes) {
    if (bytes > left_) return damaged(path_.string(), "ends within a frame");
    if (!in_.read(out, static_cast<std::streamsize>(bytes))) {
      return fault(FaultKind::io, path_.string() + ": cannot be read");
    }
    left_ -= bytes;
    return success();
  }

  const fs::path path_;
  std::ifstream in_;
  std::uintmax_t left_ = 0;
  std::vector<std::uint8_t> frame_;
};

// The same fault, with the file's name in front.
Fault in_file(const fs::path& path, const Fault& fault) {
  return {fault.kind, fmt::format("{}: {}", path.string(), fault.text)};
}

}  // namespace

Head Backup::head() const {
  Head out;
  if (segments.empty()) return out;
  out.last = position(segments.back().last);
  parse_hex(segments.back().chain, out.chain.bytes);
  return out;
}

fs::path segment_path(const fs::path& directory, std::int64_t number) {
  return directory / fmt::format("{:06}.frames", number);
}

fs::path manifest_path(const fs::path& directory, std::int64_t number) {
  return directory / fmt::format("{:06}.json", number);
}

Result<Backup> open_backup(const fs::path& directory) {
  Backup backup{.directory = directory, .segments = {}, .manifests_hash = {}};
  TRY(const auto numbers, manifest_numbers(directory));
  for (std::int64_t number = 1; number <= (numbers.empty() ? 0 : *numbers.rbegin()); ++number) {
    const fs::path path = manifest_path(directory, number);
    if (!numbers.contains(number)) return damaged(path.string(), "is missing");
    TRY(const std::string text, sealed::read_file(path, manifest_bytes_max));
    TRY(auto manifest, sealed::unseal<Manifest>(text, path.string()));
    const auto wrong = wrong_in(manifest, backup);
    if (!wrong.empty()) return damaged(path.string(), wrong);
    const fs::path segment = segment_path(directory, number);
    std::error_code error;
    const auto bytes = fs::file_size(segment, error);
    if (error) return damaged(segment.string(), error.message());
    if (static_cast<std::int64_t>(bytes) != manifest.bytes) {
      return damaged(segment.string(),
                     fmt::format("has {} bytes, its manifest says {}", bytes, manifest.bytes));
    }
    backup.manifests_hash = hash_of(text);
    backup.segments.push_back(std::move(manifest));
  }
  return backup;
}

Result<void> walk_segment(const Backup& backup, const Manifest& manifest, const Visit& visit) {
  const fs::path path = segment_path(backup.directory, manifest.number);
  TRY(const Sha256 hash, engine::log::sha256_of_file(path));
  if (hex(hash) != manifest.segment_sha256) {
    return damaged(path.string(), "is not what its manifest says (SHA-256)");
  }
  Head before{position(manifest.first - 1), {}};
  parse_hex(manifest.chain_before, before.chain.bytes);
  engine::log::ChainWalk walk(before);
  SegmentReader reader(path);
  std::int64_t frames = 0;
  std::string log_time;
  while (!reader.at_end()) {
    TRY(const auto bytes, reader.next());
    const auto frame = walk.step(walk.head().last.next(), bytes);
    if (!frame) return in_file(path, frame.error());
    if (!before.last && frames == 0 && hex(frame.value().hash) != manifest.log) {
      return damaged(path.string(), "is of another log than its manifest says");
    }
    ++frames;
    log_time = to_string(frame.value().time);
    TRY(visit(frame.value(), bytes));
  }
  if (walk.head().last != position(manifest.last) || hex(walk.head().chain) != manifest.chain ||
      frames != manifest.frames || log_time != manifest.log_time) {
    return damaged(path.string(), "does not end where its manifest says");
  }
  return success();
}

Result<std::uint64_t> add_segment(const Backup& backup, engine::log::FrameCursor& cursor,
                                  const std::string& created, Progress& progress) {
  const Head before = backup.head();
  Manifest next;
  next.number = static_cast<std::int64_t>(backup.segments.size()) + 1;
  next.first = static_cast<std::int64_t>(before.last.value) + 1;
  next.chain_before = hex(before.chain);
  next.previous = hex(backup.manifests_hash);
  next.created = created;
  const fs::path path = segment_path(backup.directory, next.number);
  TRY(const auto file, DurableFile::create(path));
  while (true) {
    TRY(const auto frame, cursor.next());
    if (!frame) break;
    if (next.frames == 0) {
      next.log = backup.segments.empty() ? hex(frame->hash) : backup.segments.front().log;
    }
    ++next.frames;
    next.last = static_cast<std::int64_t>(frame->last().value);
    next.chain = hex(frame->hash);
    next.log_time = to_string(frame->time);
    progress.at(frame->last().value);
    const auto length = to_big_endian(static_cast<std::uint64_t>(cursor.bytes().size()));
    TRY(file->write(std::string_view(length.data(), length.size())));
    TRY(file->write(cursor.bytes()));
  }
  if (next.frames == 0) return std::uint64_t{0};
  next.bytes = static_cast<std::int64_t>(file->bytes());
  TRY(const Sha256 hash, engine::log::sha256_of_file(file->path_now()));
  next.segment_sha256 = hex(hash);
  TRY(file->commit());
  // The manifest last: a segment without one was never finished, and is written again.
  TRY(write_durable_file(manifest_path(backup.directory, next.number), sealed::seal(next)));
  return static_cast<std::uint64_t>(next.frames);
}

}  // namespace boxoffice::tools::backup
