#include "tools/audit/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "engine/log/frame.h"
#include "events/print.h"
#include "http/json/write.h"
#include "tools/audit/source.h"

namespace boxoffice::tools::audit {

namespace {

using engine::log::EventLog;
using engine::log::StoredFrame;

// ---- Two events --------------------------------------------------------------------------------

// The values themselves, because not all of them are printed in full.
template <class T>
std::vector<std::string> different_members(const T& a, const T& b) {
  std::vector<std::string> names;
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(
      [&](auto d) {
        if (!(a.*d.pointer == b.*d.pointer)) names.push_back(std::string("data.") + d.name);
      });
  return names;
}

std::vector<std::string> different_data(const events::EventBody& a, const events::EventBody& b) {
  if (a.index() != b.index()) return {};
  return std::visit(
      [&](const auto& body) {
        return different_members(body, std::get<std::decay_t<decltype(body)>>(b));
      },
      a);
}

std::string value_in(const std::vector<events::PrintedField>& fields, const std::string& name) {
  const auto at = std::find_if(fields.begin(), fields.end(),
                               [&](const auto& field) { return field.name == name; });
  return at == fields.end() ? "absent" : at->value;
}

// ---- Two logs, side by side --------------------------------------------------------------------

// Goes through a log frame by frame; `frame()` is where it stands, none at the end.
class Side {
 public:
  Side(const EventLog& log, const char* name) : cursor_(log.read(Position(1))), name_(name) {}

  Result<void> advance() {
    auto next = cursor_->next();
    if (!next) {
      return fault(next.error().kind, fmt::format("log {}: {}", name_, next.error().text));
    }
    stored_ = std::move(next).value();
    events_.reset();
    return success();
  }
  const std::optional<StoredFrame>& stored() const { return stored_; }

  /// REQUIRES: stored().
  Result<const events::Frame*> frame() {
    if (!events_) {
      TRY(auto decoded, engine::log::decode_events(*stored_));
      events_ = std::move(decoded);
    }
    return &*events_;
  }

 private:
  const std::unique_ptr<engine::log::FrameCursor> cursor_;
  const char* const name_;
  std::optional<StoredFrame> stored_;
  std::optional<events::Frame> events_;
};

std::vector<FieldDifference> compare_headers(const StoredFrame& a, const StoredFrame& b) {
  std::vector<FieldDifference> found;
  const auto compare = [&](const char* name, const std::string& left, const std::string& right) {
    if (left != right) found.push_back({name, left, right});
  };
  compare("frame.first", fmt::to_string(a.first.value), fmt::to_string(b.first.value));
  compare("frame.count", fmt::to_string(a.count), fmt::to_string(b.count));
  compare("frame.time", to_string(a.time), to_string(b.time));
  compare("frame.digest", to_hex(a.digest.bytes), to_hex(b.digest.bytes));
  compare("frame.logic_version", fmt::to_string(a.logic_version), fmt::to_string(b.logic_version));
  compare("frame.durable", fmt::to_string(a.durable_when_written.value),
          fmt::to_string(b.durable_when_written.value));
  compare("frame.previous", to_hex(a.previous.bytes), to_hex(b.previous.bytes));
  compare("frame.hash", to_hex(a.hash.bytes), to_hex(b.hash.bytes));
  return found;
}

// From the first frames that are not the same, event by event. The logs need not have cut their
// events into frames alike.
class Comparison {
 public:
  Comparison(const EventLog& a, const EventLog& b, DiffReport& report)
      : a_(a, "A"), b_(b, "B"), report_(report) {}

  Result<void> run(Progress& progress) {
    TRY(a_.advance());
    TRY(b_.advance());
    while (a_.stored() && b_.stored()) {
      if (a_.stored()->hash != b_.stored()->hash) return compare_from_here(progress);
      progress.at(a_.stored()->last().value);
      TRY(a_.advance());
      TRY(b_.advance());
    }
    report_.same = !a_.stored() && !b_.stored();
    return success();
  }

 private:
  Result<void> compare_from_here(Progress& progress) {
    const Position start = a_.stored()->first;  // b's, too: all before it was the same
    const auto headers = compare_headers(*a_.stored(), *b_.stored());
    Position at = start;
    while (a_.stored() && b_.stored()) {
      progress.at(at.value);
      TRY(const events::Frame* a, a_.frame());
      TRY(const events::Frame* b, b_.frame());
      const auto& event_a = a->events[at.value - a->first().value];
      const auto& event_b = b->events[at.value - b->first().value];
      report_.fields = compare_events(event_a, event_b);
      if (!report_.fields.empty()) {
        report_.first_difference = at;
        return success();
      }
      if (at == a->last()) {
        TRY(a_.advance());
      }
      if (at == b->last()) {
        TRY(b_.advance());
      }
      at = at.next();
    }
    // The events are the same, as far as both go; what holds them is not.
    report_.first_difference = start;
    report_.fields = headers;
    return success();
  }

  Side a_;
  Side b_;
  DiffReport& report_;
};

// One line: what a script's log should say.
std::string verdict(const DiffReport& report) {
  if (report.first_difference) {
    return fmt::format("the logs differ from position {} on", report.first_difference->value);
  }
  const bool a_is_longer = report.last_a > report.last_b;
  const std::uint64_t more = a_is_longer ? report.last_a.value - report.last_b.value
                                         : report.last_b.value - report.last_a.value;
  return fmt::format("{} is a prefix of {}, which is {} events longer", a_is_longer ? "B" : "A",
                     a_is_longer ? "A" : "B", more);
}

void print(const DiffReport& report, std::ostream& out) {
  if (report.same) {
    out << fmt::format("the same: {} events\n", report.last_a.value);
    return;
  }
  out << verdict(report) << '\n';
  for (const FieldDifference& difference : report.fields) {
    out << fmt::format("  {}\n    A {}\n    B {}\n", difference.field, difference.a, difference.b);
  }
}

}  // namespace

std::vector<FieldDifference> compare_events(const events::Event& a, const events::Event& b) {
  const auto fields_a = events::print_fields(a);
  const auto fields_b = events::print_fields(b);
  const auto hidden = different_data(a.body, b.body);
  std::vector<FieldDifference> found;
  for (const auto& field : fields_a) {
    std::string other = value_in(fields_b, field.name);
    if (field.value != other || std::count(hidden.begin(), hidden.end(), field.name) > 0) {
      found.push_back({field.name, field.value, std::move(other)});
    }
  }
  for (const auto& field : fields_b) {
    if (value_in(fields_a, field.name) == "absent") {
      found.push_back({field.name, "absent", field.value});
    }
  }
  return found;
}

Result<void> diff(const EventLog& a, const EventLog& b, bool json, std::ostream& out, Talk talk) {
  DiffReport report{.last_a = a.head().last, .last_b = b.head().last, .first_difference = {}};
  Progress progress(talk, "comparing", std::min(report.last_a, report.last_b).value);
  TRY(Comparison(a, b, report).run(progress));
  if (json) {
    out << http::json::to_json(report) << '\n';
  } else {
    print(report, out);
  }
  TRY(check_written(out));
  if (report.same) return success();
  return fault(FaultKind::differs, verdict(report));
}

}  // namespace boxoffice::tools::audit
