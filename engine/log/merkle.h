// The Merkle tree over the log's frames, as RFC 6962 and RFC 9162 (section 2.1) define it: whoever
// holds its 32-byte root can check that a frame is in the log without having the log.
//
// Leaf i (from 0) is the i-th frame; its data are the 32 bytes of the frame's hash. The tree is not
// stored: whoever streams the log adds leaf after leaf to a frontier (docs/adr/0012).
//
// Limits: memory O(log n). Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace boxoffice::engine::log {

/// SHA-256(0x00 || data).
Sha256 merkle_leaf(std::span<const std::uint8_t> data);
Sha256 merkle_leaf(const Sha256& frame_hash);

/// SHA-256(0x01 || left || right).
Sha256 merkle_node(const Sha256& left, const Sha256& right);

/// The right edge of a tree: the roots of the perfect subtrees that its leaves make up, largest
/// first, one for each bit that is set in the number of leaves.
class MerkleFrontier {
 public:
  MerkleFrontier() = default;
  /// Goes on from where another one was; empty when there cannot be so many roots for that size.
  static std::optional<MerkleFrontier> resume(std::uint64_t size, std::vector<Sha256> roots);

  void add(const Sha256& leaf);

  std::uint64_t size() const { return size_; }
  const std::vector<Sha256>& roots() const { return roots_; }
  /// SHA-256 of nothing when there are no leaves.
  Sha256 root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Sha256> roots_;
};

/// Makes the audit path of one leaf while all leaves pass by, in order.
class MerklePathBuilder {
 public:
  /// REQUIRES: index < size.
  MerklePathBuilder(std::uint64_t index, std::uint64_t size);

  void add(const Sha256& leaf);

  /// The siblings from the leaf upwards. REQUIRES: `size` leaves were added.
  std::vector<Sha256> path() const;

 private:
  // The leaves begin..end-1 below one sibling. The siblings and the leaf itself are the whole tree.
  struct Sibling {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    MerkleFrontier frontier;
  };

  const std::uint64_t size_;
  std::uint64_t added_ = 0;
  std::vector<Sibling> siblings_;
};

/// Whether `leaf` is leaf number `index` of the tree of `size` leaves with that root
/// (RFC 9162, section 2.1.3.2).
bool merkle_path_holds(const Sha256& leaf, std::uint64_t index, std::uint64_t size,
                       std::span<const Sha256> path, const Sha256& root);

}  // namespace boxoffice::engine::log
