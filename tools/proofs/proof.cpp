#include "tools/proofs/proof.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/bytes.h"
#include "engine/log/frame.h"
#include "engine/log/merkle.h"
#include "http/auth/primitives.h"
#include "tools/proofs/head_file.h"
#include "tools/sealed/sealed_json.h"

namespace boxoffice::tools::proofs {

namespace {

using engine::log::EventLog;
using engine::log::SignedHead;
using http::auth::Base64;

struct ProofText {
  std::string format = "boxoffice proof";
  std::int64_t version = 1;
  std::int64_t position = 0;
  std::int64_t index = 0;
  std::int64_t first = 0;
  std::string frame;  // base64
  std::vector<std::string> path;
  HeadText head;
};
BOOST_DESCRIBE_STRUCT(ProofText, (), (format, version, position, index, first, frame, path, head))

Fault differs(std::string text) { return fault(FaultKind::differs, std::move(text)); }

// Which frame holds the position: its number is known only by counting.
Result<std::uint64_t> index_of(const EventLog& log, Position position) {
  const auto cursor = log.read(Position(1));
  for (std::uint64_t index = 0;; ++index) {
    TRY(const auto frame, cursor->next());
    if (!frame) {
      return fault(FaultKind::not_found,
                   fmt::format("there is no event at position {}", position.value));
    }
    if (frame->last() >= position) return index;
  }
}

}  // namespace

Result<Proof> prove(const EventLog& log, Position position, const SignedHead& head, Talk talk) {
  if (!position || position > head.head.last) {
    return fault(FaultKind::not_found,
                 fmt::format("the signed head reaches from position 1 to {}; {} is not in it",
                             head.head.last.value, position.value));
  }
  TRY(const std::uint64_t index, index_of(log, position));
  if (index >= head.frames) return differs("the log is not the one that was signed");
  Proof out{
      .position = position, .index = index, .frame = {}, .first = {}, .path = {}, .head = head};
  engine::log::MerklePathBuilder builder(index, head.frames);
  engine::log::MerkleFrontier tree;
  const auto cursor = log.read(Position(1));
  Progress progress(talk, "reading", head.head.last.value);
  while (tree.size() < head.frames) {
    TRY(const auto frame, cursor->next());
    if (!frame) return differs("the log ends before the signed head");
    if (tree.size() == index) {
      out.frame.assign(cursor->bytes().begin(), cursor->bytes().end());
      out.first = frame->first;
    }
    const Sha256 leaf = engine::log::merkle_leaf(frame->hash);
    builder.add(leaf);
    tree.add(leaf);
    progress.at(frame->last().value);
  }
  if (tree.root() != head.root) return differs("the log is not the one that was signed");
  out.path = builder.path();
  return out;
}

std::string print_proof(const Proof& proof) {
  ProofText text;
  text.position = static_cast<std::int64_t>(proof.position.value);
  text.index = static_cast<std::int64_t>(proof.index);
  text.first = static_cast<std::int64_t>(proof.first.value);
  text.frame = http::auth::to_base64(
      {reinterpret_cast<const char*>(proof.frame.data()), proof.frame.size()}, Base64::standard);
  for (const Sha256& hash : proof.path) text.path.push_back(to_hex(hash.bytes));
  text.head = to_text(proof.head);
  return sealed::seal(text);
}

Result<Proof> parse_proof(std::string_view text, const std::string& name) {
  TRY(const auto parsed, sealed::unseal<ProofText>(text, name));
  Proof out;
  TRY(out.head, from_text(parsed.head, name));
  const auto frame = http::auth::from_base64(parsed.frame, Base64::standard);
  if (!frame || parsed.position < 1 || parsed.index < 0 || parsed.first < 1) {
    return sealed::damaged(name, "is not a proof");
  }
  out.position = Position(static_cast<std::uint64_t>(parsed.position));
  out.index = static_cast<std::uint64_t>(parsed.index);
  out.first = Position(static_cast<std::uint64_t>(parsed.first));
  out.frame.assign(frame->begin(), frame->end());
  for (const std::string& hash : parsed.path) {
    if (!read_hash(hash, out.path.emplace_back())) {
      return sealed::damaged(name, "is not a proof");
    }
  }
  return out;
}

Result<events::Frame> check_proof(const Proof& proof) {
  const SignedHead& head = proof.head;
  TRY(engine::log::check_signature(head));
  TRY(const auto frame, engine::log::decode_frame(proof.first, proof.frame));
  if (!engine::log::merkle_path_holds(engine::log::merkle_leaf(frame.hash), proof.index,
                                      head.frames, proof.path, head.root)) {
    return differs(
        "the frame is not in the log that was signed: its path does not lead to the "
        "signed root");
  }
  if (frame.last() > head.head.last) return differs("the frame is newer than the signed head");
  if (proof.position < frame.first || proof.position > frame.last()) {
    return differs(fmt::format("position {} is not in the frame, which holds {} to {}",
                               proof.position.value, frame.first.value, frame.last().value));
  }
  return engine::log::decode_events(frame);
}

}  // namespace boxoffice::tools::proofs
