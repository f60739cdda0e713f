// A parsed JSON value, as the client sent it. The decoder reads it and knows no parser.
//
// The values of a document lie in one array in document order, each before its children; a value
// knows how many entries it spans, so walking needs no pointers. Text is a view into the document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace boxoffice::http::json {

class Value {
 public:
  /// `big_integer`: an integer above the signed 64-bit range (and within the unsigned one).
  enum class Kind : std::uint8_t {
    null,
    boolean,
    integer,
    big_integer,
    number,
    text,
    array,
    object
  };

  Value() = default;
  explicit Value(bool v) : kind_(Kind::boolean), integer_(v ? 1 : 0) {}
  explicit Value(std::int64_t v) : kind_(Kind::integer), integer_(v) {}
  explicit Value(std::uint64_t v)
      : kind_(Kind::big_integer), integer_(static_cast<std::int64_t>(v)) {}
  explicit Value(double v) : kind_(Kind::number), number_(v) {}
  explicit Value(std::string_view v) : kind_(Kind::text), text_(v) {}
  /// An array or an object, whose children follow it.
  explicit Value(Kind container) : kind_(container) {}

  // A copy would leave its children behind.
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  Value(Value&&) = default;
  Value& operator=(Value&&) = default;

  Kind kind() const { return kind_; }
  bool as_bool() const { return integer_ != 0; }
  std::int64_t as_integer() const { return integer_; }
  std::uint64_t as_big_integer() const { return static_cast<std::uint64_t>(integer_); }
  double as_number() const { return number_; }
  std::string_view as_text() const { return text_; }

  /// A member of an object has a name; anything else has none.
  bool has_name() const { return name_.data() != nullptr; }
  std::string_view name() const { return name_; }

  /// Items of an array, members of an object.
  std::size_t size() const { return size_; }
  const Value* first() const { return this + 1; }
  const Value* next() const { return this + span_; }
  const Value* end() const { return this + span_; }
  /// The member of that name, or null.
  const Value* find(std::string_view name) const;

 private:
  friend class Builder;

  Kind kind_ = Kind::null;
  std::uint32_t span_ = 1;  ///< this value and everything below it
  std::uint32_t size_ = 0;
  union {
    std::int64_t integer_ = 0;
    double number_;
  };
  std::string_view text_;
  std::string_view name_;
};

/// Stands for the text of a member that is named like a password.
inline constexpr std::string_view hidden_text = "**********";

/// Appends `value` as compact JSON, passwords hidden; false, with `out` as it was, when that takes
/// more than `bytes_max` bytes.
bool write_value(std::string& out, const Value& value, std::size_t bytes_max);

}  // namespace boxoffice::http::json
