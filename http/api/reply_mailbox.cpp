#include "http/api/reply_mailbox.h"

#include <memory>
#include <utility>

#include "base/ensure.h"

namespace boxoffice::http::api {

ReplyMailbox::Expected ReplyMailbox::expect() {
  Expected expected{.to = {.sink = this, .token = next_token_++}, .reply = {}};
  waiting_.emplace(expected.to.token, expected.reply);
  return expected;
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
