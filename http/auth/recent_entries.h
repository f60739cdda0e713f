// A table of values by fingerprint that never grows beyond a fixed number of entries: the one that
// was not used for longest is forgotten for a new one.
//
// Threads: one at a time.
// Limits: about 120 bytes an entry with a small value.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "base/ensure.h"

namespace boxoffice::http::auth {

template <class Value>
class RecentEntries {
 public:
  /// REQUIRES: room for one.
  explicit RecentEntries(std::size_t entries_max) : entries_max_(entries_max) {
    ENSURE(entries_max > 0, "a table holds something");
  }

  /// Null when there is none. Valid until the next call of anything but find().
  Value* find(const Fingerprint& key) {
    const auto at = places_.find(key);
    return at == places_.end() ? nullptr : &at->second->second;
  }

  /// The value, a new one when there is none; now the last to be forgotten. Valid as of find().
  Value& use(const Fingerprint& key) {
    const auto at = places_.find(key);
    if (at != places_.end()) {
      order_.splice(order_.begin(), order_, at->second);
      return order_.front().second;
    }
    if (order_.size() == entries_max_) {
      places_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(key, Value{});
    places_.emplace(key, order_.begin());
    return order_.front().second;
  }

  /// Nothing when there is none.
  void forget(const Fingerprint& key) {
    const auto at = places_.find(key);
    if (at == places_.end()) return;
    order_.erase(at->second);
    places_.erase(at);
  }

  std::size_t size() const { return order_.size(); }

 private:
  using Order = std::list<std::pair<Fingerprint, Value>>;

  std::size_t entries_max_;
  Order order_;  // used last first
  std::unordered_map<Fingerprint, typename Order::iterator> places_;
};

}  // namespace boxoffice::http::auth
