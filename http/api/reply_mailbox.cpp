#include "http/api/reply_mailbox.h"

#include <memory>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::http::api {

namespace {

// So many commands do not wait for what else has come.
constexpr std::size_t commands_a_wake_max = 16;

}  // namespace

std::optional<OneShot<engine::Reply>> ReplyMailbox::submit(engine::Submission submission) {
  const std::uint64_t token = next_token_++;
  submission.reply_to = {.sink = this, .token = token};
  // The reply may be on its way before the engine has said that it takes the command.
  const OneShot<engine::Reply> reply;
  waiting_.emplace(token, reply);
  if (!engine_.submit(std::move(submission), engine::Wake::later)) {
    waiting_.erase(token);
    return std::nullopt;
  }
  // What is posted here comes after the requests that have arrived already.
  if (++not_woken_for_ == 1) io_.post([this] { wake_engine(); });
  if (not_woken_for_ == commands_a_wake_max) engine_.wake();
  return reply;
}

void ReplyMailbox::wake_engine() {
  not_woken_for_ = 0;
  engine_.wake();
}

void ReplyMailbox::deliver(std::vector<engine::Reply> replies) {
  // std::function wants copyable captures.
  auto shared = std::make_shared<std::vector<engine::Reply>>(std::move(replies));
  io_.post([this, shared] { complete(std::move(*shared)); });
}

void ReplyMailbox::complete(std::vector<engine::Reply> replies) {
  for (engine::Reply& reply : replies) {
    const auto at = waiting_.find(reply.token);
    ENSURE(at != waiting_.end(), "every reply was expected, once");
    const OneShot<engine::Reply> one_shot = at->second;
    waiting_.erase(at);
    one_shot.complete(std::move(reply));
  }
}

}  // namespace boxoffice::http::api
