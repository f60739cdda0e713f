#include "tools/care/stored_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "projections/read_models.h"

namespace boxoffice::tools::care {

using projections::ReadModels;

namespace {

std::string state_of(const StoredModel& model, std::optional<Position> head) {
  if (model.prepared && model.stored_version != model.version) {
    return fmt::format(
        "of another version: the next start takes the one prepared up to {}{}",
        model.prepared->value,
        head ? fmt::format(", {} events before the end", head->value - model.prepared->value) : "");
  }
  if (model.stored_version == 0) return "missing: the next start makes it";
  if (model.stored_version > model.version) return "of a newer version: the program does not start";
  if (model.stored_version < model.version) {
    return "of an older version: the next start makes it anew";
  }
  if (!head) return "of this version";
  return model.behind_events == 0 ? "current" : "the next start goes on from there";
}

bool are_of_this_program(const std::vector<ReadModels::Status>& stored) {
  return std::ranges::all_of(ReadModels::known(), [&](const auto& known) {
    return std::ranges::any_of(stored, [&](const auto& found) {
      return found.name == known.name && found.version == known.version;
    });
  });
}

}  // namespace

std::filesystem::path prepared_models_directory(const std::filesystem::path& data) {
  return data / "read.next";
}

bool is_of_this_program(const std::filesystem::path& directory) {
  const auto stored = ReadModels::look(directory.string());
  return stored && are_of_this_program(stored.value());
}

std::optional<Position> usable_prepared_models(const std::filesystem::path& data, Position head) {
  const auto prepared = ReadModels::look(prepared_models_directory(data).string());
  if (!prepared || !are_of_this_program(prepared.value())) return std::nullopt;
  const auto [lowest, highest] =
      std::ranges::minmax_element(prepared.value(), {}, &ReadModels::Status::position);
  // With nothing in it, it saves nothing; what is beyond the end is of another log.
  if (!lowest->position || highest->position > head) return std::nullopt;
  return lowest->position;
}

Result<std::vector<ReadModels::Status>> look_at_models(const std::string& folder) {
  return look_again([&] { return ReadModels::look(folder); });
}

Result<std::vector<StoredModel>> stored_models(const std::filesystem::path& data,
                                               std::optional<Position> head) {
  TRY(const auto stored, look_at_models((data / "read").string()));
  constexpr Position anywhere(std::numeric_limits<std::uint64_t>::max());
  const auto prepared = usable_prepared_models(data, head.value_or(anywhere));
  std::vector<StoredModel> all;
  for (const auto& known : ReadModels::known()) {
    StoredModel model{.name = known.name,
                      .version = known.version,
                      .position = {},
                      .prepared = prepared,
                      .state = {}};
    for (const auto& found : stored) {
      if (found.name != known.name || found.version < model.stored_version) continue;
      model.stored_version = found.version;
      model.position = found.position;
    }
    if (head) model.behind_events = head->value - std::min(*head, model.position).value;
    model.state = state_of(model, head);
    all.push_back(std::move(model));
  }
  return all;
}

}  // namespace boxoffice::tools::care
