// The keys of an open data directory: by which users are found, and read.
//
// What the log says decides what the keys have to be, so they are opened after it.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "engine/engine.h"
#include "http/auth/fingerprint.h"
#include "http/personal/personal_data.h"
#include "http/personal/user_keys.h"
#include "projections/read_models.h"

namespace boxoffice::tools {

class HouseKeys {
 public:
  /// Opens the keys in `folder`, which is created when missing, and destroys those of everybody
  /// who was erased. Nothing is overwritten before all of them are known to be this log's. Keys
  /// that are missing or of another log are a fault that says what to do; the file `accept` in the
  /// folder is a person's word that they are lost, and is removed. `models` have seen the log.
  static Result<std::unique_ptr<HouseKeys>> open(const std::filesystem::path& folder,
                                                 const engine::NamedUserKeys& named,
                                                 const projections::ReadModels& models);

  const http::auth::FingerprintKey& fingerprint_key() const { return fingerprint_key_; }
  http::personal::UserKeys& user_keys() { return *user_keys_; }
  http::personal::PersonalData& personal() { return personal_; }

 private:
  HouseKeys(const http::auth::FingerprintKey& fingerprint_key,
            std::unique_ptr<http::personal::UserKeys> user_keys)
      : fingerprint_key_(fingerprint_key),
        user_keys_(std::move(user_keys)),
        personal_(*user_keys_, fingerprint_key_) {}

  const http::auth::FingerprintKey fingerprint_key_;
  const std::unique_ptr<http::personal::UserKeys> user_keys_;
  http::personal::PersonalData personal_;
};

}  // namespace boxoffice::tools
