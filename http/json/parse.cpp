#include "http/json/parse.h"

#include "http/json/scan.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

namespace boxoffice::http::json {

namespace dom = simdjson::dom;

// Copies simdjson's tape, which lives only until the thread's next parse, into a Document, and
// checks what simdjson does not.
class Builder {
 public:
  // Unescaped text is never longer than the text that it was escaped in.
  explicit Builder(std::size_t source_bytes) {
    document_.text_ = std::make_unique_for_overwrite<char[]>(source_bytes + 1);
    text_end_ = document_.text_.get();
    document_.values_.reserve(std::min(source_bytes / bytes_a_value + 1, values_reserved_max));
  }

  /// Adds `element` and everything below it; false when it breaks a rule of ours.
  bool add(dom::element element, std::string_view name, std::size_t depth);
  /// The number of the member name that repeats another, when that was the broken rule.
  std::size_t repeated_member() const { return repeated_member_; }
  Document take() { return std::move(document_); }

 private:
  // Of the bodies that clients send; how many there are is known only at the end.
  static constexpr std::size_t bytes_a_value = 8;
  static constexpr std::size_t values_reserved_max = 64;

  Value scalar(dom::element element);
  bool add_children(dom::element element, std::size_t at, std::size_t depth);
  bool names_are_unique(std::size_t at);
  std::string_view keep(std::string_view text);

  Document document_;
  char* text_end_ = nullptr;
  std::size_t repeated_member_ = no_member;
};

std::string_view Builder::keep(std::string_view text) {
  char* const start = text_end_;
  std::memcpy(start, text.data(), text.size());
  text_end_ += text.size();
  return {start, text.size()};
}

Value Builder::scalar(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY: return Value(Value::Kind::array);
    case dom::element_type::OBJECT: return Value(Value::Kind::object);
    case dom::element_type::INT64: return Value(element.get_int64().value_unsafe());
    case dom::element_type::UINT64: return Value(element.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE: return Value(element.get_double().value_unsafe());
    case dom::element_type::STRING: return Value(keep(element.get_string().value_unsafe()));
    case dom::element_type::BOOL: return Value(element.get_bool().value_unsafe());
    case dom::element_type::NULL_VALUE: return Value();
  }
  return Value();
}

bool Builder::add(dom::element element, std::string_view name, std::size_t depth) {
  auto& values = document_.values_;
  const std::size_t at = values.size();
  values.push_back(scalar(element));
  values[at].name_ = name;
  if (values[at].kind() == Value::Kind::array || values[at].kind() == Value::Kind::object) {
    if (depth == depth_max || !add_children(element, at, depth + 1)) return false;
  }
  return true;
}

bool Builder::add_children(dom::element element, std::size_t at, std::size_t depth) {
  std::uint32_t size = 0;
  if (element.is_array()) {
    const dom::array items = element.get_array().value_unsafe();
    for (const dom::element item : items) {
      if (!add(item, {}, depth)) return false;
      ++size;
    }
  } else {
    const dom::object members = element.get_object().value_unsafe();
    for (const dom::key_value_pair member : members) {
      if (!add(member.value, keep(member.key), depth)) return false;
      ++size;
    }
  }
  Value& container = document_.values_[at];
  container.size_ = size;
  container.span_ = static_cast<std::uint32_t>(document_.values_.size() - at);
  return container.kind() == Value::Kind::array || names_are_unique(at);
}

bool Builder::names_are_unique(std::size_t at) {
  const Value& object = document_.values_[at];
  constexpr std::size_t pairwise_max = 16;  // 120 comparisons; beyond it sorting is cheaper
  const Value* repeated = nullptr;
  if (object.size() <= pairwise_max) {
    for (const Value* m = object.first(); m != object.end() && repeated == nullptr; m = m->next()) {
      if (object.find(m->name()) != m) repeated = m;
    }
  } else {
    std::vector<const Value*> members;
    for (const Value* m = object.first(); m != object.end(); m = m->next()) members.push_back(m);
    std::sort(members.begin(), members.end(), [](const Value* a, const Value* b) {
      return a->name() != b->name() ? a->name() < b->name() : a < b;
    });
    for (std::size_t i = 1; i < members.size(); ++i) {
      if (members[i]->name() != members[i - 1]->name()) continue;
      if (repeated == nullptr || members[i] < repeated) repeated = members[i];
    }
  }
  if (repeated == nullptr) return true;
  repeated_member_ = static_cast<std::size_t>(
      std::count_if(static_cast<const Value*>(document_.values_.data()), repeated,
                    [](const Value& v) { return v.has_name(); }));
  return false;
}

Parsed parse(std::string_view text) {
  thread_local dom::parser parser;
  dom::element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    return first_error(text);
  }
  Builder builder(text.size());
  if (!builder.add(root, {}, 0)) return first_error(text, builder.repeated_member());
  return builder.take();
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace boxoffice::http::json
