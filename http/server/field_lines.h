// FieldLines: the header fields of an answer, as they are sent.
//
// They are laid into one buffer that is copied into the answer's head as it is, and checked as they
// come: nothing in it can end a line or the head.
//
// Limits: a search reads all fields; an answer has ten at most.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace boxoffice::http {

class FieldLines {
 public:
  /// Adds a field. One that the server writes itself (Content-Length, Transfer-Encoding,
  /// Connection, Date, Server) is left out. So is one that could split the answer, with a name that
  /// is no token or CR, LF or NUL in its value, and is_sound() is false after it.
  void add(std::string_view name, std::string_view value);

  /// Takes away every field of that name.
  void remove(std::string_view name);

  /// The value of the first field of that name, until the next change.
  std::optional<std::string_view> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }

  bool is_sound() const { return is_sound_; }

  /// "\r\nETag: \"1\"\r\nVary: Origin": a line's end before each field.
  std::string_view lines() const { return lines_; }

 private:
  std::string lines_;
  bool is_sound_ = true;
};

/// Whether a field's value stays one: neither CR, LF nor NUL.
bool is_field_value(std::string_view value);

}  // namespace boxoffice::http
