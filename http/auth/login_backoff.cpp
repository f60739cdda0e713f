#include "http/auth/login_backoff.h"

#include <algorithm>

#include "base/ensure.h"

namespace boxoffice::http::auth {

namespace {

/// How long the next try waits after the one that was the n-th failure.
Duration step(const BackoffSteps& steps, int failures) {
  const int doublings = failures - steps.free_failures;
  Duration wait = steps.first_wait;
  for (int i = 0; i < doublings && wait < steps.wait_max; ++i) wait *= 2;
  return std::min(wait, steps.wait_max);
}

void require_sense(const BackoffSteps& steps) {
  ENSURE(steps.free_failures > 0, "the first try of all is free");
  ENSURE(steps.unsettled_max >= steps.free_failures, "failures alone do not exceed it");
  ENSURE(steps.first_wait > Duration() && steps.first_wait <= steps.wait_max, "waits can grow");
}

}  // namespace

LoginBackoff::LoginBackoff(LoginBackoffOptions options)
    : options_(options), counts_(options.entries_max), known_(options.entries_max) {
  require_sense(options_.account);
  require_sense(options_.address);
}

std::vector<LoginBackoff::Part> LoginBackoff::parts_of(const LoginOrigin& origin) {
  if (!origin.address) return {{origin.account, &options_.account}};
  if (known_.find(origin.address->with_account) != nullptr) {
    return {{origin.address->with_account, &options_.account}};
  }
  return {{origin.account, &options_.account}, {origin.address->alone, &options_.address}};
}

Duration LoginBackoff::wait_of(const Part& part, Instant now) {
  Count* count = counts_.find(part.key);
  if (count == nullptr) return {};
  if (now >= count->last + options_.forget_after) count->failures = 0;
  if (!has_to_wait(*count, *part.steps)) return {};
  return std::max(Duration(), count->next - now);
}

bool LoginBackoff::has_to_wait(const Count& count, const BackoffSteps& steps) {
  return count.failures >= steps.free_failures ||
         count.failures + count.in_flight >= steps.unsettled_max;
}

LoginTry LoginBackoff::begin(const LoginOrigin& origin, Instant now) {
  const std::lock_guard lock(mutex_);
  std::vector<Part> parts = parts_of(origin);
  Duration wait{};
  for (const Part& part : parts) wait = std::max(wait, wait_of(part, now));
  if (wait > Duration()) return LoginTry(wait);

  for (Part& part : parts) {
    Count& count = counts_.use(part.key);
    ++count.in_flight;
    part.number = ++count.tries;
    count.last = now;
    // As if it had failed, so that another does not come before that is known.
    count.next = now + step(*part.steps, count.failures + 1);
  }
  return LoginTry(this, origin, std::move(parts));
}

void LoginBackoff::end(const LoginTry& attempt, LoginTry::Ending ending) {
  const std::lock_guard lock(mutex_);
  for (const Part& part : attempt.parts_) {
    Count* count = counts_.find(part.key);
    // Forgotten, and perhaps begun anew, meanwhile.
    if (count == nullptr || count->in_flight == 0) continue;
    --count->in_flight;
    if (ending == LoginTry::Ending::withdrawn) take_back(part, *count);
    if (ending != LoginTry::Ending::failed) continue;
    ++count->failures;
    count->next = std::max(count->next, count->last + step(*part.steps, count->failures));
  }
  if (ending != LoginTry::Ending::succeeded) return;
  if (Count* account = counts_.find(attempt.parts_.front().key)) account->failures = 0;
  if (attempt.origin_.address) known_.use(attempt.origin_.address->with_account);
}

// As if it had never been begun: whoever floods the server with tries that it has no time to look
// at neither fills the table nor makes an owner wait.
void LoginBackoff::take_back(const Part& part, Count& count) {
  if (count.tries != part.number) return;
  count.next = count.last;  // the try was let through, so the wait was over
  if (count.failures + count.in_flight == 0) counts_.forget(part.key);
}

void LoginTry::end(Ending ending) {
  if (backoff_ == nullptr) return;
  backoff_->end(*this, ending);
  backoff_ = nullptr;
}

}  // namespace boxoffice::http::auth
