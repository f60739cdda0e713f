// Blanks what could tell who somebody is, or that two are one: ciphertexts, the fingerprints of
// addresses, sessions.
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

/// A text that is empty, or not set, stays so: that it was is not a secret.
inline void redact(events::Event& event) {
  std::visit(
      [](auto& body) {
        for_each_member(body, [](std::string_view name, auto& value) {
          using Value = std::remove_cvref_t<decltype(value)>;
          if constexpr (std::is_same_v<Value, Ciphertext>) {
            value.data.clear();
          } else if constexpr (std::is_same_v<Value, std::optional<Ciphertext>>) {
            if (value) value->data.clear();
          } else if constexpr (std::is_same_v<Value, std::string>) {
            if (name == "user_session" && !value.empty()) value = redacted;
          } else {
            if (name == "email_fingerprint") value = Value{};
          }
        });
      },
      event.body);
}

}  // namespace boxoffice::tools::audit
