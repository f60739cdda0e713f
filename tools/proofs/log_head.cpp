#include "tools/proofs/log_head.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/bytes.h"
#include "engine/log/merkle.h"

namespace boxoffice::tools::proofs {

namespace {

using engine::log::EventLog;
using engine::log::FrameCursor;
using engine::log::MerkleFrontier;
using engine::log::SignedHead;
using engine::log::StoredFrame;

Fault differs(std::string text) { return fault(FaultKind::differs, std::move(text)); }

// Whether the log reaches the head and began as the signed one did.
Result<void> check_extent(const EventLog& log, const SignedHead& head) {
  TRY(const auto first, log.read(Position(1))->next());
  if (!first) return differs("the log is empty; what was signed is missing");
  if (first->hash != head.log) return differs("the signed head is of another log");
  const Position last = log.head().last;
  if (last >= head.head.last) return success();
  return differs(
      fmt::format("the log ends at position {}; the signed head is at position {}: what "
                  "came after was cut off",
                  last.value, head.head.last.value));
}

// REQUIRES: `frame` holds the head's last position.
Result<void> check_chain(const StoredFrame& frame, const SignedHead& head) {
  if (frame.last() == head.head.last && frame.hash == head.head.chain) return success();
  return differs(
      fmt::format("the log was rewritten: the hash of the frame that holds position {} is {}, "
                  "signed was {}",
                  head.head.last.value, to_hex(frame.hash.bytes), to_hex(head.head.chain.bytes)));
}

// The frames up to `since`, by its frontier; `cursor` then goes on behind it.
Result<MerkleFrontier> resume(const EventLog& log, const SignedHead& since,
                              std::unique_ptr<FrameCursor>& cursor) {
  TRY(check_extent(log, since));
  cursor = log.read(since.head.last);
  TRY(const auto frame, cursor->next());
  if (!frame) return differs("the log ends before the signed head");
  TRY(check_chain(*frame, since));
  auto tree = MerkleFrontier::resume(since.frames, since.frontier);
  if (!tree) return differs("the signed head's frontier does not belong to its root");
  return std::move(*tree);
}

}  // namespace

Result<SignedHead> describe_log(const EventLog& log, const std::optional<SignedHead>& since,
                                Talk talk) {
  Progress progress(talk, "reading", log.head().last.value);
  SignedHead out;
  auto cursor = log.read(Position(1));
  MerkleFrontier tree;
  if (since) {
    TRY(tree, resume(log, *since, cursor));
    out = *since;
  }
  while (true) {
    TRY(const auto frame, cursor->next());
    if (!frame) break;
    if (tree.size() == 0) out.log = frame->hash;
    tree.add(engine::log::merkle_leaf(frame->hash));
    out.head = {frame->last(), frame->hash};
    out.time = frame->time;
    progress.at(frame->last().value);
  }
  if (tree.size() == 0) return fault(FaultKind::not_found, "the log is empty: it has no head");
  out.frames = tree.size();
  out.root = tree.root();
  out.frontier = tree.roots();
  return out;
}

Result<void> check_signer(const SignedHead& head,
                          const std::optional<engine::log::SigningPublicKey>& trusted) {
  TRY(engine::log::check_signature(head));
  if (!trusted || head.signer == *trusted) return success();
  return differs(fmt::format("signed with another key: {} instead of {}", to_hex(head.signer.bytes),
                             to_hex(trusted->bytes)));
}

Result<void> check_head(const EventLog& log, const SignedHead& head, Talk talk) {
  TRY(check_extent(log, head));
  Progress progress(talk, "checking", head.head.last.value);
  const auto cursor = log.read(Position(1));
  MerkleFrontier tree;
  while (true) {
    TRY(const auto frame, cursor->next());
    if (!frame) return differs("the log ends before the signed head");
    tree.add(engine::log::merkle_leaf(frame->hash));
    progress.at(frame->last().value);
    if (frame->last() < head.head.last) continue;
    TRY(check_chain(*frame, head));
    if (tree.size() != head.frames) {
      return differs(fmt::format("position {} is in frame {} of the log, in {} of the signed head",
                                 head.head.last.value, tree.size(), head.frames));
    }
    if (frame->time != head.time) {
      return differs(fmt::format("the log's time at position {} is {}, signed was {}",
                                 head.head.last.value, to_string(frame->time),
                                 to_string(head.time)));
    }
    if (tree.root() == head.root) return success();
    return differs(fmt::format("the root over {} frames is {}, signed was {}", head.frames,
                               to_hex(tree.root().bytes), to_hex(head.root.bytes)));
  }
}

}  // namespace boxoffice::tools::proofs
