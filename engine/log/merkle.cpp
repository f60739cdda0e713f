#include "engine/log/merkle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/ensure.h"
#include "engine/log/sha256.h"

namespace boxoffice::engine::log {

namespace {

// What is hashed begins with a byte that tells a leaf from a node, so that neither can pass for
// the other.
constexpr std::uint8_t leaf_prefix = 0;
constexpr std::uint8_t node_prefix = 1;

}  // namespace

Sha256 merkle_leaf(std::span<const std::uint8_t> data) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(1 + data.size());
  bytes.push_back(leaf_prefix);
  bytes.insert(bytes.end(), data.begin(), data.end());
  return sha256(bytes);
}

Sha256 merkle_leaf(const Sha256& frame_hash) {
  std::array<std::uint8_t, 1 + 32> bytes{leaf_prefix};
  std::ranges::copy(frame_hash.bytes, bytes.begin() + 1);
  return sha256(bytes);
}

Sha256 merkle_node(const Sha256& left, const Sha256& right) {
  std::array<std::uint8_t, 1 + 32 + 32> bytes{node_prefix};
  const auto middle = std::ranges::copy(left.bytes, bytes.begin() + 1).out;
  std::ranges::copy(right.bytes, middle);
  return sha256(bytes);
}

std::optional<MerkleFrontier> MerkleFrontier::resume(std::uint64_t size,
                                                     std::vector<Sha256> roots) {
  if (static_cast<std::size_t>(std::popcount(size)) != roots.size()) return std::nullopt;
  MerkleFrontier out;
  out.size_ = size;
  out.roots_ = std::move(roots);
  return out;
}

void MerkleFrontier::add(const Sha256& leaf) {
  Sha256 root = leaf;
  // Like counting in binary: each bit that carries joins two subtrees of equal size.
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    root = merkle_node(roots_.back(), root);
    roots_.pop_back();
  }
  roots_.push_back(root);
  ++size_;
}

Sha256 MerkleFrontier::root() const {
  if (roots_.empty()) return sha256({});
  Sha256 root = roots_.back();
  for (auto left = roots_.rbegin() + 1; left != roots_.rend(); ++left) {
    root = merkle_node(*left, root);
  }
  return root;
}

MerklePathBuilder::MerklePathBuilder(std::uint64_t index, std::uint64_t size) : size_(size) {
  ENSURE(index < size, "the leaf is in the tree");
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    // The largest power of two below the number of leaves goes to the left.
    const std::uint64_t middle = begin + std::bit_floor(end - begin - 1);
    if (index < middle) {
      siblings_.push_back({middle, end, {}});
      end = middle;
    } else {
      siblings_.push_back({begin, middle, {}});
      begin = middle;
    }
  }
  std::ranges::reverse(siblings_);
}

void MerklePathBuilder::add(const Sha256& leaf) {
  const std::uint64_t index = added_++;
  for (Sibling& sibling : siblings_) {
    if (index >= sibling.begin && index < sibling.end) sibling.frontier.add(leaf);
  }
}

std::vector<Sha256> MerklePathBuilder::path() const {
  ENSURE(added_ == size_, "every leaf passed by");
  std::vector<Sha256> out;
  for (const Sibling& sibling : siblings_) out.push_back(sibling.frontier.root());
  return out;
}

bool merkle_path_holds(const Sha256& leaf, std::uint64_t index, std::uint64_t size,
                       std::span<const Sha256> path, const Sha256& root) {
  if (index >= size) return false;
  std::uint64_t node = index;     // fn and sn of the RFC: the node's number on its level,
  std::uint64_t last = size - 1;  // and the last node's
  Sha256 hash = leaf;
  for (const Sha256& sibling : path) {
    if (last == 0) return false;
    if ((node & 1) != 0 || node == last) {
      hash = merkle_node(sibling, hash);
      // A node without a right neighbour rises unchanged until it has a left one.
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = merkle_node(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

}  // namespace boxoffice::engine::log
