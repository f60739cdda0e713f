// E-mail addresses: what python's email-validator accepts, without its look-ups.
//
// Quoted local parts, address literals and internationalised domains are refused; an
// internationalised local part is fine.
#pragma once

#include "http/json/types.h"

#include <string>
#include <string_view>
#include <variant>

namespace boxoffice::http::json {

/// Why it is not an address, as a sentence: "An email address must have an @-sign."
struct BadEmail {
  std::string reason;
};

std::variant<Email, BadEmail> parse_email(std::string_view text);

}  // namespace boxoffice::http::json
