// Keeps the new hash of an old password from overtaking a new password.
//
// A password whose hash has outdated parameters is hashed anew after a login, which takes a while.
// If its owner sets another password meanwhile, that one must stay: then the new hash is dropped,
// whoever's password it was that changed, and the next login makes another.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

namespace boxoffice::http::auth {

class PasswordChanges {
 public:
  /// A change under way, from before its command is submitted until read models show it.
  class Change {
   public:
    explicit Change(PasswordChanges& changes) : changes_(changes) {
      const std::lock_guard lock(changes_.mutex_);
      ++changes_.begun_;
      ++changes_.under_way_;
    }
    ~Change() {
      const std::lock_guard lock(changes_.mutex_);
      --changes_.under_way_;
    }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

   private:
    PasswordChanges& changes_;
  };

  /// To be asked before the old hash is read; empty while a change is under way.
  std::optional<std::uint64_t> none_under_way() {
    const std::lock_guard lock(mutex_);
    if (under_way_ > 0) return std::nullopt;
    return begun_;
  }

  /// Calls `submit`, unless a change has begun since none_under_way() said `then`. One that begins
  /// now waits for it, and so is submitted later.
  template <class Submit>
  void if_none_since(std::uint64_t then, Submit submit) {
    const std::lock_guard lock(mutex_);
    if (begun_ == then) submit();
  }

 private:
  std::mutex mutex_;
  std::uint64_t begun_ = 0;
  int under_way_ = 0;
};

}  // namespace boxoffice::http::auth
