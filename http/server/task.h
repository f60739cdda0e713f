// Task<T>: a coroutine that computes a T, started by whoever awaits it.
//
// Handlers are Tasks so that they read top to bottom while they wait for the engine or the password
// pool. Nothing here knows Asio: an awaited operation resumes the coroutine on its I/O thread by
// IoThread::post.
//
// Limits (g++ 12): coroutines are named functions that take parameters by value, or by reference
// to what lives until their end (a request, a Call); never a capturing lambda inside a full
// expression that contains co_await (it is destroyed twice).
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::http {

/// A lazily started coroutine. Move-only; destroys its frame. Await it exactly once; the await
/// starts it, unless start() did.
template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type {
    std::coroutine_handle<> continuation;
    std::optional<T> value;
    std::exception_ptr error;

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct ResumeContinuation {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
        auto next = done.promise().continuation;
        return next ? next : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };
    ResumeContinuation final_suspend() noexcept { return {}; }
    template <class U>
    void return_value(U&& v) {
      value.emplace(std::forward<U>(v));
    }
    void unhandled_exception() { error = std::current_exception(); }
  };

  Task(Task&& other) noexcept
      : handle_(std::exchange(other.handle_, {})), started_(other.started_) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
      started_ = other.started_;
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Runs the task, as an ordinary call, until it ends or first waits; true when it has ended. The
  /// await that must follow then does not suspend: a caller that serves many tasks in a loop does
  /// not deepen the stack with each. REQUIRES: called at most once, before the await.
  bool start() {
    ENSURE(!started_, "a task is started once");
    started_ = true;
    handle_.resume();
    return handle_.done();
  }

  bool await_ready() const noexcept { return started_ && handle_.done(); }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().continuation = awaiting;
    if (started_) return std::noop_coroutine();
    return handle_;
  }
  T await_resume() {
    auto& promise = handle_.promise();
    if (promise.error) std::rethrow_exception(promise.error);
    ENSURE(promise.value.has_value(), "a finished task has a value");
    return std::move(*promise.value);
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
  bool started_ = false;
};

/// A coroutine that runs by itself, for run().
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// Starts `task` now; calls `done(value)` or `failed(exception)` when it ends, on the thread where
/// it ends: before run() returns when the task never waits. REQUIRES: neither callback throws.
template <class T>
Detached run(Task<T> task, std::function<void(T)> done,
             std::function<void(std::exception_ptr)> failed) {
  std::optional<T> value;
  std::exception_ptr error;
  try {
    value.emplace(co_await std::move(task));
  } catch (...) {
    error = std::current_exception();
  }
  if (error) {
    failed(error);
  } else {
    done(std::move(*value));
  }
}

}  // namespace boxoffice::http
