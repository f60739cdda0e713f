// Blanks what tells who somebody is: e-mail, names, password hashes, sessions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "base/describe.h"
#include "events/events.h"

namespace boxoffice::tools::audit {

inline constexpr const char* redacted = "[redacted]";

/// Members that are personal, whatever event they are in.
inline bool is_personal(std::string_view member) {
  return member == "email" || member == "first_name" || member == "last_name" ||
         member == "password_hash" || member == "user_session";
}

/// A text that is empty, or not set, stays so: that it was is not a secret.
inline void redact(events::Event& event) {
  std::visit(
      [](auto& body) {
        for_each_member(body, [](std::string_view name, auto& value) {
          using Value = std::remove_cvref_t<decltype(value)>;
          if (!is_personal(name)) return;
          if constexpr (std::is_same_v<Value, std::string>) {
            if (!value.empty()) value = redacted;
          } else if constexpr (std::is_same_v<Value, std::optional<std::string>>) {
            if (value) value = redacted;
          } else {
            value = Value{};
          }
        });
      },
      event.body);
}

}  // namespace boxoffice::tools::audit
