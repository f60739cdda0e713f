#include "tools/proofs/proof.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/log/memory_log.h"
#include "engine/log/merkle.h"
#include "tests/support/event_samples.h"
#include "tests/support/silence.h"
#include "tests/support/temp_dir.h"
#include "tools/proofs/head_file.h"
#include "tools/proofs/log_head.h"
#include "tools/sealed/sealed_json.h"

namespace boxoffice::tools::proofs {
namespace {

using engine::log::MemoryLog;
using engine::log::SignedHead;
using engine::log::SigningSeed;

tests::Silence silence;
const Talk quietly = silence.talk;

SigningSeed seed_of(std::uint8_t byte) {
  SigningSeed seed;
  seed.bytes.fill(byte);
  return seed;
}

// Frames of 1, 2, … events, from where the log ends; `other` makes other frames of them.
void append_frames(MemoryLog& log, std::uint32_t frames, bool other = false) {
  for (std::uint32_t count = 1; count <= frames; ++count) {
    const Position first = log.head().last.next();
    auto events = tests::lock_events(first, count);
    if (other) events[0].cause = "another";
    const auto body = tests::encode(events);
    const auto outcome =
        log.append({.first = first, .count = count, .time = events[0].time, .body = body});
    ASSERT_EQ(outcome.status, engine::log::AppendStatus::durable);
  }
}

SignedHead signed_head(const MemoryLog& log) {
  auto head = describe_log(log, {}, quietly);
  EXPECT_TRUE(head);
  engine::log::sign(head.value(), seed_of(7));
  return head.value();
}

std::string differs_in(const Result<void>& result) {
  if (result) return "nothing";
  EXPECT_EQ(result.error().kind, FaultKind::differs);
  return result.error().text;
}

bool holds(const std::string& text) {
  const auto proof = parse_proof(text, "proof");
  return proof && check_proof(proof.value());
}

TEST(SignedHead, signs_exactly_these_bytes) {
  MemoryLog log;
  append_frames(log, 3);
  const SignedHead head = signed_head(log);
  const auto bytes = engine::log::signed_bytes(head);
  ASSERT_EQ(bytes.size(), 24u + 32 + 8 + 8 + 32 + 32 + 8);
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 24), "boxoffice signed head 1\n");
  EXPECT_EQ(to_hex(std::span(bytes).subspan(56, 16)), "00000000000000060000000000000003");
  EXPECT_TRUE(check_signer(head, engine::log::public_key_of(seed_of(7))));
}

TEST(SignedHead, is_refused_when_anything_in_it_was_changed) {
  MemoryLog log;
  append_frames(log, 6);
  const SignedHead good = signed_head(log);
  ASSERT_TRUE(check_signer(good, {}));
  const auto refused = [&](auto change) {
    SignedHead head = good;
    change(head);
    return !check_signer(head, {});
  };
  EXPECT_TRUE(refused([](SignedHead& head) { head.log.bytes[0] ^= 1; }));
  EXPECT_TRUE(refused([](SignedHead& head) { --head.head.last.value; }));
  EXPECT_TRUE(refused([](SignedHead& head) { head.head.chain.bytes[31] ^= 1; }));
  EXPECT_TRUE(refused([](SignedHead& head) { ++head.frames; }));
  EXPECT_TRUE(refused([](SignedHead& head) { head.root.bytes[5] ^= 1; }));
  EXPECT_TRUE(refused([](SignedHead& head) { head.frontier[0].bytes[5] ^= 1; }));
  EXPECT_TRUE(refused([](SignedHead& head) { ++head.time.us; }));
  EXPECT_TRUE(refused([](SignedHead& head) { head.signer.bytes[1] ^= 1; }));
  EXPECT_TRUE(refused([](SignedHead& head) { head.signature.bytes[63] ^= 0x10; }));
}

TEST(SignedHead, by_another_key_than_the_trusted_one_is_refused) {
  MemoryLog log;
  append_frames(log, 2);
  EXPECT_NE(differs_in(check_signer(signed_head(log), engine::log::public_key_of(seed_of(8))))
                .find("signed with another key"),
            std::string::npos);
}

TEST(SignedHead, is_read_as_it_was_written_and_any_changed_byte_is_refused) {
  tests::TempDir dir;
  MemoryLog log;
  append_frames(log, 5);
  const std::string text = print_head(signed_head(log));
  const auto path = dir.path() / "head";
  ASSERT_TRUE(sealed::create_file(path, text));
  ASSERT_TRUE(load_head(path));
  EXPECT_EQ(load_head(path).value(), signed_head(log));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(sealed::unseal<HeadText>(changed, "head")) << i;
  }
}

// Each a head that was signed over `log`; what became of the log since is proved.
TEST(CheckHead, finds_a_cut_a_rewritten_and_another_log) {
  MemoryLog log;
  append_frames(log, 5);
  const SignedHead early = signed_head(log);
  append_frames(log, 4);
  const SignedHead late = signed_head(log);
  EXPECT_TRUE(check_head(log, early, quietly));
  EXPECT_TRUE(check_head(log, late, quietly));

  MemoryLog cut;
  append_frames(cut, 5);
  EXPECT_TRUE(check_head(cut, early, quietly));
  EXPECT_EQ(differs_in(check_head(cut, late, quietly)),
            "the log ends at position 15; the signed head is at position 25: what came after was "
            "cut off");

  MemoryLog rewritten;
  append_frames(rewritten, 5);
  append_frames(rewritten, 4, true);
  EXPECT_TRUE(check_head(rewritten, early, quietly));
  EXPECT_NE(differs_in(check_head(rewritten, late, quietly)).find("the log was rewritten"),
            std::string::npos);

  MemoryLog other;
  append_frames(other, 9, true);
  EXPECT_EQ(differs_in(check_head(other, early, quietly)), "the signed head is of another log");
  EXPECT_EQ(differs_in(check_head(MemoryLog(), early, quietly)),
            "the log is empty; what was signed is missing");
}

TEST(DescribeLog, since_an_earlier_head_is_the_same_as_from_the_beginning) {
  for (std::uint32_t frames = 1; frames < 20; ++frames) {
    MemoryLog log;
    append_frames(log, frames);
    const SignedHead since = signed_head(log);
    append_frames(log, frames % 4);
    const auto next = describe_log(log, since, quietly);
    ASSERT_TRUE(next) << next.error().text;
    SignedHead head = next.value();
    engine::log::sign(head, seed_of(7));
    EXPECT_EQ(head, signed_head(log)) << frames;
  }
}

TEST(DescribeLog, refuses_a_log_that_does_not_contain_the_earlier_head) {
  MemoryLog log;
  append_frames(log, 5);
  append_frames(log, 4);
  MemoryLog rewritten;
  append_frames(rewritten, 5);
  append_frames(rewritten, 6, true);
  const auto head = describe_log(rewritten, signed_head(log), quietly);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().kind, FaultKind::differs);
  EXPECT_EQ(describe_log(MemoryLog(), {}, quietly).error().kind, FaultKind::not_found);
}

TEST(Proof, of_every_event_holds_and_gives_its_frame) {
  MemoryLog log;
  append_frames(log, 9);
  const SignedHead head = signed_head(log);
  append_frames(log, 3);  // newer than what was signed
  for (std::uint64_t position = 1; position <= head.head.last.value; ++position) {
    const auto proof = prove(log, Position(position), head, quietly);
    ASSERT_TRUE(proof) << proof.error().text;
    const auto read = parse_proof(print_proof(proof.value()), "proof");
    ASSERT_TRUE(read) << read.error().text;
    const auto frame = check_proof(read.value());
    ASSERT_TRUE(frame) << frame.error().text;
    EXPECT_LE(frame.value().first(), Position(position));
    EXPECT_GE(frame.value().last(), Position(position));
  }
  for (const Position missing : {Position(0), head.head.last.next()}) {
    EXPECT_EQ(prove(log, missing, head, quietly).error().kind, FaultKind::not_found);
  }
}

TEST(Proof, is_not_made_from_a_log_that_is_not_what_was_signed) {
  MemoryLog log;
  append_frames(log, 9);
  MemoryLog other;
  append_frames(other, 9, true);
  EXPECT_EQ(prove(other, Position(3), signed_head(log), quietly).error().kind, FaultKind::differs);
}

TEST(Proof, with_any_changed_byte_is_refused) {
  MemoryLog log;
  append_frames(log, 4);
  const auto proof = prove(log, Position(2), signed_head(log), quietly);
  ASSERT_TRUE(proof);
  const std::string text = print_proof(proof.value());
  ASSERT_TRUE(holds(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int change = 1; change < 256; change <<= 1) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ change);
      ASSERT_FALSE(holds(changed)) << "byte " << i << ": " << changed;
    }
    ASSERT_FALSE(holds(text.substr(0, i))) << "cut at " << i;
  }
}

// A forger computes the checksum anew; what is left are the hashes and the signature. The proof is
// of a frame with one event, where no other position can be asked for.
TEST(Proof, that_was_changed_and_sealed_again_is_refused) {
  MemoryLog log;
  append_frames(log, 1);
  append_frames(log, 3);
  const auto proof = prove(log, Position(1), signed_head(log), quietly);
  ASSERT_TRUE(proof);
  const std::string json = *sealed::unseal_text(print_proof(proof.value()));
  ASSERT_TRUE(holds(sealed::seal_text(json)));
  for (std::size_t i = 0; i + 1 < json.size(); ++i) {
    for (int change = 1; change < 256; change <<= 1) {
      std::string changed = json;
      changed[i] = static_cast<char>(changed[i] ^ change);
      ASSERT_FALSE(holds(sealed::seal_text(changed))) << "byte " << i << ": " << changed;
    }
  }
}

// The signature is right, the frame intact: only the tree shows that it was never in the log.
TEST(Proof, of_a_frame_of_another_log_is_refused) {
  MemoryLog log;
  append_frames(log, 4);
  MemoryLog forged;
  append_frames(forged, 4, true);
  auto proof = prove(log, Position(2), signed_head(log), quietly);
  const auto forgery = prove(forged, Position(2), signed_head(forged), quietly);
  ASSERT_TRUE(proof && forgery);
  proof.value().frame = forgery.value().frame;
  const auto checked = check_proof(proof.value());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, FaultKind::differs);
}

TEST(SigningKeys, are_made_once_and_read_back) {
  tests::TempDir dir;
  const auto path = dir.path() / "auditor";
  const auto key = create_keys(path);
  ASSERT_TRUE(key);
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  ASSERT_TRUE(load_secret_key(path));
  EXPECT_EQ(engine::log::public_key_of(load_secret_key(path).value()), key.value());
  EXPECT_EQ(load_public_key(path.string() + ".pub").value(), key.value());
  EXPECT_EQ(load_public_key(path).error().kind, FaultKind::invalid);
  EXPECT_EQ(load_secret_key(path.string() + ".pub").error().kind, FaultKind::invalid);
  EXPECT_EQ(create_keys(path).error().kind, FaultKind::invalid);
  std::filesystem::remove(path.string() + ".pub");
  EXPECT_EQ(create_keys(path).error().kind, FaultKind::invalid);
}

}  // namespace
}  // namespace boxoffice::tools::proofs
