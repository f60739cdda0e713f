#include "http/server/connection_counts.h"

#include <algorithm>

#include "base/ensure.h"

namespace boxoffice::http {

std::optional<std::uint64_t> client_of(const IpAddress& address, const ServerLimits& limits) {
  if (limits.connections_per_address_max == 0) return {};
  if (!limits.loopback_limited && address.is_loopback()) return {};
  const auto is_proxy = [&](const IpNetwork& proxies) { return proxies.contains(address); };
  if (std::ranges::any_of(limits.proxies, is_proxy)) return {};
  return address.client();
}

Admission ConnectionCounts::admit(const IpAddress& address, const ServerLimits& limits) {
  Admission admission{.entry = Entry::served, .client = client_of(address, limits)};
  const std::lock_guard lock(mutex_);
  const auto client = admission.client ? by_client_.find(*admission.client) : by_client_.end();
  if (client != by_client_.end() && client->second >= limits.connections_per_address_max) {
    admission = {.entry = Entry::told, .reason = RejectReason::address_limit};
  } else if (served_ >= limits.connections_max) {
    admission = {.entry = Entry::told, .reason = RejectReason::connection_limit};
  }
  if (admission.entry == Entry::told) {
    if (told_ >= told_max) admission.entry = Entry::closed;
    if (admission.entry == Entry::told) ++told_;
    return admission;
  }
  ++served_;
  if (client != by_client_.end()) {
    ++client->second;
  } else if (admission.client) {
    by_client_.emplace(*admission.client, 1);
  }
  return admission;
}

void ConnectionCounts::release(const Admission& admission) {
  if (admission.entry == Entry::closed) return;
  const std::lock_guard lock(mutex_);
  std::size_t& places = admission.entry == Entry::told ? told_ : served_;
  ENSURE(places > 0, "a place is handed back once");
  --places;
  if (admission.client) {
    const auto client = by_client_.find(*admission.client);
    ENSURE(client != by_client_.end(), "a client with an open connection is counted");
    if (--client->second == 0) by_client_.erase(client);
  }
  if (served_ + told_ == 0) emptied_.notify_all();
}

std::uint64_t ConnectionCounts::open() const {
  const std::lock_guard lock(mutex_);
  return served_ + told_;
}

std::size_t ConnectionCounts::clients() const {
  const std::lock_guard lock(mutex_);
  return by_client_.size();
}

bool ConnectionCounts::wait_until_empty(std::chrono::milliseconds grace) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_for(lock, grace, [this] { return served_ + told_ == 0; });
}

}  // namespace boxoffice::http
