// OneShot<T>: a value that a callback delivers once and a handler awaits.
//
// It is how a Task waits for something outside its thread: the handler hands a copy to whoever
// works for it, that party posts `one_shot.complete(value)` to the handler's IoThread, and the
// handler goes on there.
//
//   Task<Response> handle(const Request& request) {
//     OneShot<Reply> reply;
//     submit(command, [reply, io = request.io](Reply r) {
//       io->post([reply, r] { reply.complete(r); });
//     });
//     Reply r = co_await reply;
//
// Threads: complete() and the await belong to one thread; copies may be made and dropped on any.
// Either may come first. A handler that is destroyed while it waits leaves complete() harmless.
#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::http {

template <class T>
class OneShot {
  struct State {
    bool completed = false;
    std::optional<T> value;
    std::coroutine_handle<> waiting;
  };

 public:
  OneShot() : state_(std::make_shared<State>()) {}

  /// Delivers the value and resumes the waiting coroutine, if there is one, before it returns.
  /// REQUIRES: called once, over all copies.
  void complete(T value) const {
    // The resumed coroutine may drop the last other copy, and this one with it.
    const std::shared_ptr<State> state = state_;
    ENSURE(!state->completed, "a one-shot is completed once");
    state->completed = true;
    state->value.emplace(std::move(value));
    if (auto waiting = std::exchange(state->waiting, {})) waiting.resume();
  }

  class Awaiter {
   public:
    explicit Awaiter(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() { state_->waiting = {}; }

    bool await_ready() const noexcept { return state_->completed; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept {
      ENSURE(!state_->waiting, "a one-shot is awaited once");
      state_->waiting = waiting;
    }
    T await_resume() {
      ENSURE(state_->value.has_value(), "a completed one-shot has a value that is taken once");
      T value = std::move(*state_->value);
      state_->value.reset();
      return value;
    }

   private:
    std::shared_ptr<State> state_;
  };

  /// Waits for the value and takes it. REQUIRES: awaited once, over all copies.
  Awaiter operator co_await() const { return Awaiter(state_); }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace boxoffice::http
