// The read models as they are on disk, beside the log: as of the last flush of whoever has them
// open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/ids.h"
#include "base/result.h"
#include "projections/read_models.h"

namespace boxoffice::tools::care {

struct StoredModel {
  std::string name;
  std::uint32_t version = 0;         ///< of this program
  std::uint32_t stored_version = 0;  ///< on disk; 0: none
  Position position;                 ///< as of the last flush
  std::uint64_t behind_events = 0;
  std::optional<Position> prepared;  ///< up to where the next start finds it beside the others
  std::string state;
};
BOOST_DESCRIBE_STRUCT(StoredModel, (),
                      (name, version, stored_version, position, behind_events, prepared, state))

/// Where read models of the next version are prepared.
std::filesystem::path prepared_models_directory(const std::filesystem::path& data);

/// Whether the store in `directory` can be read and has every read model in the version of this
/// program.
bool is_of_this_program(const std::filesystem::path& directory);

/// Up to where all read models of this program are prepared, when the start can use them for a log
/// that ends at `head`.
std::optional<Position> usable_prepared_models(const std::filesystem::path& data, Position head);

/// As ReadModels::look, which is tried again when a file went meanwhile: the process that has them
/// open flushes now and then.
Result<std::vector<projections::ReadModels::Status>> look_at_models(const std::string& folder);

/// What is looked up beside a process that writes, a few times before its fault is believed.
template <class Look>
auto look_again(const Look& look) {
  constexpr int times = 3;
  auto found = look();
  for (int time = 1; time < times && !found; ++time) found = look();
  return found;
}

/// Of every read model of this program; `head` is the log's, if that is known: otherwise nothing is
/// said of how far they are behind. Faults: as ReadModels::look.
Result<std::vector<StoredModel>> stored_models(const std::filesystem::path& data,
                                               std::optional<Position> head);

}  // namespace boxoffice::tools::care
