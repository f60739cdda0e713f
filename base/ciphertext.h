// Text that only the holder of a key can read: personal data, wherever it is kept.
//
// The engine and the projections carry it without reading it; http/personal makes and opens it.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/describe.h"
#include "base/ids.h"

namespace boxoffice {

/// Opaque bytes; empty means that there is no text.
struct Ciphertext {
  std::string data;

  bool operator==(const Ciphertext&) const = default;
};
BOOST_DESCRIBE_STRUCT(Ciphertext, (), (data))

/// Which key it is: its number, and a hash of it that tells it from another key of that number.
struct UserKeyName {
  UserKeyId id;
  Fingerprint check;

  bool operator==(const UserKeyName&) const = default;
};
BOOST_DESCRIBE_STRUCT(UserKeyName, (), (id, check))

}  // namespace boxoffice
