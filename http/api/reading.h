// Questions that read many rows or much of the log. They are asked on threads of their own, so that
// the I/O thread serves its other connections meanwhile.
//
// Threads: the I/O thread of the call.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/worker_pool.h"
#include "http/api/responses.h"
#include "http/server/one_shot.h"
#include "http/server/server.h"
#include "http/server/task.h"

namespace boxoffice::http::api {

/// What a question came to: an answer, or what it threw.
template <class T>
struct Found {
  std::optional<T> answer;
  std::exception_ptr thrown;
};

/// Asks on a thread of `readers`, and gives what was found to `then` on the thread of `io`. False:
/// too many questions wait. Both functions own what they use: whoever asks may be gone by then.
template <class T>
[[nodiscard]] bool ask_aside(WorkerPool& readers, IoThread& io, std::function<T()> question,
                             std::function<void(Found<T>&)> then) {
  return readers.submit([&io, question = std::move(question), then = std::move(then)] {
    const auto found = std::make_shared<Found<T>>();
    try {
      found->answer = question();
    } catch (...) {
      found->thrown = std::current_exception();
    }
    io.post([found, then] { then(*found); });
  });
}

/// As above, for handlers: throws what the question threw. Empty: too many questions wait, nothing
/// was asked. Keep the task in a variable and await that, as with submit().
template <class T>
Task<std::optional<T>> ask_aside(WorkerPool& readers, IoThread& io, std::function<T()> question) {
  OneShot<Found<T>> asked;
  const bool accepted = ask_aside<T>(readers, io, std::move(question), [asked](Found<T>& found) {
    asked.complete(std::move(found));
  });
  if (!accepted) co_return std::nullopt;
  Found<T> found = co_await asked;
  if (found.thrown) std::rethrow_exception(found.thrown);
  co_return std::move(found.answer);
}

inline constexpr Busy readers_are_busy{"Too many reports are being made. Please try again.",
                                       "readers_busy"};

}  // namespace boxoffice::http::api
