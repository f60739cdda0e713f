#include "tools/care/stored_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "projections/read_models.h"

namespace boxoffice::tools::care {

using projections::ReadModels;

namespace {

std::string state_of(const StoredModel& model) {
  if (model.prepared && model.stored_version != model.version) {
    return fmt::format("of another version: the next start takes the one prepared up to {}",
                       model.prepared->value);
  }
  if (model.stored_version == 0) return "missing: the next start makes it";
  if (model.stored_version > model.version) return "of a newer version: the program does not start";
  if (model.stored_version < model.version) {
    return "of an older version: the next start makes it anew";
  }
  return model.behind_events == 0 ? "current" : "the next start goes on from there";
}

}  // namespace

std::filesystem::path prepared_models_directory(const std::filesystem::path& data) {
  return data / "read.next";
}

Result<std::vector<StoredModel>> stored_models(const std::filesystem::path& data, Position head) {
  TRY(const auto stored, ReadModels::look((data / "read").string()));
  TRY(const auto prepared, ReadModels::look(prepared_models_directory(data).string()));
  std::vector<StoredModel> all;
  for (const auto& known : ReadModels::known()) {
    StoredModel model{
        .name = known.name, .version = known.version, .position = {}, .prepared = {}, .state = {}};
    for (const auto& found : stored) {
      if (found.name != known.name || found.version < model.stored_version) continue;
      model.stored_version = found.version;
      model.position = found.position;
    }
    for (const auto& found : prepared) {
      if (found.name == known.name && found.version == known.version) {
        model.prepared = found.position;
      }
    }
    model.behind_events = head.value - std::min(head, model.position).value;
    model.state = state_of(model);
    all.push_back(std::move(model));
  }
  return all;
}

}  // namespace boxoffice::tools::care
