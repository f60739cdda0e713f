#include "http/server/io_loop.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <ctime>
#include <exception>
#include <memory>
#include <utility>

#include "base/this_thread.h"
#include "http/server/connection.h"
#include "http/server/response_bytes.h"

namespace boxoffice::http {
namespace {

constexpr std::chrono::milliseconds sweep_interval{250};

}  // namespace

IoLoop::IoLoop(std::size_t index, Service& service) : index_(index), service_(service) {}

IoLoop::~IoLoop() { abandon_all(); }

void IoLoop::post(std::function<void()> work) {
  bool wake = false;
  {
    const std::lock_guard lock(mailbox_mutex_);
    wake = mailbox_.empty();
    mailbox_.push_back(std::move(work));
  }
  if (wake) boost::asio::post(context_, [this] { run_mailbox(); });
}

void IoLoop::run_mailbox() {
  {
    const std::lock_guard lock(mailbox_mutex_);
    running_.swap(mailbox_);
  }
  for (const auto& work : running_) run_guarded(work);
  running_.clear();
}

void IoLoop::run_guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& error) {
    service_.log(fmt::format("posted work failed: {}", error.what()));
  } catch (...) {
    service_.log("posted work failed: not a std::exception");
  }
}

void IoLoop::post_after(std::chrono::milliseconds delay, std::function<void()> work) {
  const Time due = std::chrono::steady_clock::now() + delay;
  post([this, due, work = std::move(work)]() mutable { delay_until(due, std::move(work)); });
}

void IoLoop::delay_until(Time due, std::function<void()> work) {
  if (draining_) return run_guarded(work);
  const auto added = delayed_.emplace(due, std::move(work));
  if (added == delayed_.begin()) wait_for_delayed();
}

void IoLoop::wait_for_delayed() {
  delay_.expires_at(delayed_.begin()->first);
  delay_.async_wait([this](boost::system::error_code error) {
    if (!error) run_delayed(false);
  });
}

void IoLoop::run_delayed(bool all) {
  const Time now = std::chrono::steady_clock::now();
  while (!delayed_.empty() && (all || delayed_.begin()->first <= now)) {
    auto due = delayed_.extract(delayed_.begin());
    run_guarded(due.mapped());
  }
  if (!delayed_.empty()) wait_for_delayed();
}

void IoLoop::run() {
  name_this_thread(fmt::format("io-{}", index_));
  wait_for_sweep();
  context_.run();
}

void IoLoop::wait_for_sweep() {
  sweep_.expires_after(sweep_interval);
  sweep_.async_wait([this](boost::system::error_code error) {
    if (error || finishing_) return;
    const Time now = std::chrono::steady_clock::now();
    for (Connection& connection : connections_) connection.cancel_if_late(now);
    wait_for_sweep();
  });
}

void IoLoop::adopt(int native_socket, const IpAddress& peer, const Admission& admission) {
  serve(std::make_unique<Connection>(*this, native_socket, peer, admission));
}

void IoLoop::link(Connection& connection) { connections_.push_back(connection); }

void IoLoop::drain() {
  draining_ = true;
  for (Connection& connection : connections_) connection.cancel_if_idle();
  run_delayed(true);
}

void IoLoop::finish() {
  finishing_ = true;
  for (Connection& connection : connections_) connection.close();
  sweep_.cancel();
  delay_.cancel();
  work_.reset();
}

void IoLoop::abandon_all() {
  while (!connections_.empty()) connections_.front().abandon();
}

const std::string& IoLoop::date() {
  const std::int64_t second = std::time(nullptr);
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(second);
  }
  return date_;
}

}  // namespace boxoffice::http
