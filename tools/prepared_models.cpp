#include "tools/prepared_models.h"

#include <algorithm>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "engine/frame_reader.h"
#include "engine/log/durable_view.h"
#include "tools/care/stored_models.h"
#include "tools/rebuild.h"

namespace boxoffice::tools {

namespace {

namespace fs = std::filesystem;
using care::prepared_models_directory;
using projections::ReadModels;

// So much at the most is lost to an interruption.
constexpr std::uint64_t events_kept_at_once = 1'000'000;
// The start folds the rest in a moment.
constexpr std::uint64_t events_left_max = 20'000;
// A house that is busier than this program folds never leaves so few.
constexpr int rounds_max = 10;

fs::path replaced_models_directory(const fs::path& data) { return data / "read.old"; }

Fault file_fault(const std::string& action, const fs::path& path, const std::error_code& error) {
  return fault(FaultKind::io,
               "read models: cannot " + action + " " + path.string() + ": " + error.message());
}

Result<void> remove_directory(const fs::path& directory) {
  std::error_code error;
  fs::remove_all(directory, error);
  if (error) return file_fault("remove", directory, error);
  return success();
}

Result<void> move_directory(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return file_fault("rename", from, error);
  return success();
}

/// What is there for another program, or damaged, is of no use: it is begun anew.
Result<std::unique_ptr<ReadModels>> open_to_prepare(const fs::path& directory) {
  auto models = ReadModels::open(directory.string());
  if (models.has_value() || (models.error().kind != FaultKind::newer_format &&
                             models.error().kind != FaultKind::corrupt)) {
    return models;
  }
  TRY(remove_directory(directory));
  return ReadModels::open(directory.string());
}

}  // namespace

Result<void> fold_to_end(const engine::log::EventLog& log, ReadModels& models,
                         const FoldWatch& watch) {
  const Position end = log.head().last;
  TRY(check_not_ahead(models, end));
  models.begin_catching_up();
  engine::FrameReader reader(log.read(models.position().next()));
  Position kept = models.position();
  while (true) {
    TRY(const auto* const read, reader.next());
    if (read == nullptr) break;
    TRY(models.apply(read->frame));
    watch(read->stored.last(), end);
    if (read->stored.last().value - kept.value < events_kept_at_once) continue;
    kept = read->stored.last();
    TRY(models.caught_up());
    TRY(models.flush());
    models.begin_catching_up();
  }
  return models.caught_up();
}

// The log is looked at anew in each round, since a view does not see what is appended after it.
Result<Position> prepare_models(const fs::path& data, const FoldWatch& watch) {
  // Refused before a folder is made for it.
  TRY(auto log, engine::log::open_durable_view(data / "log", data / "head"));
  TRY(const auto models, open_to_prepare(prepared_models_directory(data)));
  for (int round = 0; round < rounds_max; ++round) {
    const Position before = models->position();
    TRY(fold_to_end(*log, *models, watch));
    TRY(models->flush());
    if (models->position().value - before.value <= events_left_max) break;
    TRY(log, engine::log::open_durable_view(data / "log", data / "head"));
  }
  return models->position();
}

Result<std::optional<Position>> adopt_prepared_models(const fs::path& data, Position end) {
  const fs::path read = data / "read";
  const fs::path prepared = prepared_models_directory(data);
  const fs::path replaced = replaced_models_directory(data);
  TRY(remove_directory(replaced));
  const auto position = care::usable_prepared_models(data, end);
  if (!position) return position;
  {
    // Nobody is at work on them, and they can be opened: if not, the start goes on without them.
    const auto models = ReadModels::open(prepared.string());
    if (!models) return std::optional<Position>();
  }
  if (care::is_of_this_program(read)) {
    TRY(remove_directory(prepared));
    return std::optional<Position>();
  }
  if (fs::exists(read)) {
    TRY(move_directory(read, replaced));
  }
  TRY(move_directory(prepared, read));
  TRY(remove_directory(replaced));
  return position;
}

}  // namespace boxoffice::tools
