#include "http/json/place.h"

#include "http/json/write.h"

#include <algorithm>
#include <utility>

namespace boxoffice::http::json {

std::vector<Step> Place::loc() const {
  std::vector<Step> steps;
  for (const Place* place = this; place != nullptr; place = place->parent_) {
    if (place->index_ >= 0) {
      steps.emplace_back(place->index_);
    } else {
      steps.emplace_back(std::string(place->name_));
    }
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

void Place::add(std::string_view type, std::string_view msg, const Value& input,
                std::string ctx) const {
  if (issues_.size() >= issues_max) return;
  Issue issue{std::string(type), loc(), std::string(msg), {}, std::move(ctx)};
  if (!write_value(issue.input, input, input_bytes_max)) issue.input = "null";
  issues_.push_back(std::move(issue));
}

void Place::missing(const Value* owner) const {
  const Value nothing{};
  add("missing", "Field required", owner == nullptr ? nothing : *owner);
}

void Place::invalid_json(const ParseError& error) const {
  std::vector<Step> steps = loc();
  steps.emplace_back(static_cast<std::int64_t>(error.offset));
  issues_.push_back({"json_invalid", std::move(steps), "JSON decode error", "{}",
                     to_object("error", error.reason)});
}

}  // namespace boxoffice::http::json
