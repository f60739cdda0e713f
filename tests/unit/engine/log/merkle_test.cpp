#include "engine/log/merkle.h"

#include <gtest/gtest.h>

#include <bit>
#include <string_view>
#include <vector>

#include "engine/log/sha256.h"

namespace boxoffice::engine::log {
namespace {

// The reference vectors of Certificate Transparency: eight leaves and the roots over the first n.
const std::vector<std::vector<std::uint8_t>> reference_leaves = {
    {},
    {0x00},
    {0x10},
    {0x20, 0x21},
    {0x30, 0x31},
    {0x40, 0x41, 0x42, 0x43},
    {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
    {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e,
     0x6f}};
const std::vector<std::string_view> reference_roots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<Sha256> numbered_leaves(std::size_t n) {
  std::vector<Sha256> out;
  for (std::size_t i = 0; i < n; ++i) {
    Sha256 hash;
    hash.bytes[0] = static_cast<std::uint8_t>(i);
    out.push_back(merkle_leaf(hash));
  }
  return out;
}

// MTH and PATH exactly as RFC 9162 writes them down.
Sha256 root_of(std::span<const Sha256> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves[0];
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  return merkle_node(root_of(leaves.first(k)), root_of(leaves.subspan(k)));
}
std::vector<Sha256> path_of(std::size_t m, std::span<const Sha256> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  auto path = m < k ? path_of(m, leaves.first(k)) : path_of(m - k, leaves.subspan(k));
  path.push_back(root_of(m < k ? leaves.subspan(k) : leaves.first(k)));
  return path;
}

std::vector<Sha256> built_path(std::size_t m, std::span<const Sha256> leaves) {
  MerklePathBuilder builder(m, leaves.size());
  for (const Sha256& leaf : leaves) builder.add(leaf);
  return builder.path();
}

TEST(Merkle, roots_are_those_of_the_reference_vectors) {
  MerkleFrontier frontier;
  for (std::size_t n = 0;; ++n) {
    EXPECT_EQ(to_hex(frontier.root().bytes), reference_roots[n]) << n;
    if (n == reference_leaves.size()) return;
    frontier.add(merkle_leaf(reference_leaves[n]));
  }
}

TEST(Merkle, a_frames_leaf_is_over_the_bytes_of_its_hash) {
  Sha256 hash;
  hash.bytes.fill(7);
  EXPECT_EQ(merkle_leaf(hash), merkle_leaf(std::span<const std::uint8_t>(hash.bytes)));
}

// PATH(0, D[8]) and PATH(5, D[8]) of the same vectors.
TEST(Merkle, paths_are_those_of_the_reference_vectors) {
  std::vector<Sha256> leaves;
  for (const auto& data : reference_leaves) leaves.push_back(merkle_leaf(data));
  const auto hex_path = [&](std::size_t index) {
    std::vector<std::string> out;
    for (const Sha256& hash : built_path(index, leaves)) out.push_back(to_hex(hash.bytes));
    return out;
  };
  EXPECT_EQ(hex_path(0), (std::vector<std::string>{
                             "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}));
  EXPECT_EQ(hex_path(5), (std::vector<std::string>{
                             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}));
}

TEST(Merkle, roots_and_paths_are_as_the_rfc_defines_them_for_every_tree_up_to_64) {
  const auto all = numbered_leaves(64);
  MerkleFrontier frontier;
  for (std::size_t n = 1; n <= all.size(); ++n) {
    const auto leaves = std::span(all).first(n);
    frontier.add(leaves.back());
    const Sha256 root = root_of(leaves);
    ASSERT_EQ(frontier.root(), root) << n;
    for (std::size_t m = 0; m < n; ++m) {
      const auto path = built_path(m, leaves);
      ASSERT_EQ(path, path_of(m, leaves)) << m << " of " << n;
      ASSERT_TRUE(merkle_path_holds(leaves[m], m, n, path, root)) << m << " of " << n;
    }
  }
}

TEST(Merkle, a_path_holds_for_no_other_leaf_place_size_or_path) {
  const auto all = numbered_leaves(33);
  for (std::size_t n = 1; n <= all.size(); ++n) {
    const auto leaves = std::span(all).first(n);
    const Sha256 root = root_of(leaves);
    for (std::size_t m = 0; m < n; ++m) {
      auto path = path_of(m, leaves);
      for (std::size_t other = 0; other < n + 2; ++other) {
        const bool same = other == m;
        EXPECT_EQ(merkle_path_holds(leaves[m], other, n, path, root), same) << other;
        if (other < n) {
          EXPECT_EQ(merkle_path_holds(leaves[other], m, n, path, root), same);
        }
      }
      EXPECT_FALSE(merkle_path_holds(merkle_leaf(leaves[m]), m, n, path, root));
      for (Sha256& sibling : path) {
        sibling.bytes[7] ^= 1;
        EXPECT_FALSE(merkle_path_holds(leaves[m], m, n, path, root));
        sibling.bytes[7] ^= 1;
      }
      path.push_back(root);
      EXPECT_FALSE(merkle_path_holds(leaves[m], m, n, path, root));
      path.pop_back();
      if (path.empty()) continue;
      path.pop_back();
      EXPECT_FALSE(merkle_path_holds(leaves[m], m, n, path, root));
    }
  }
}

TEST(Merkle, a_frontier_goes_on_where_another_one_was) {
  const auto leaves = numbered_leaves(64);
  for (std::size_t n = 0; n <= leaves.size(); ++n) {
    MerkleFrontier first;
    for (std::size_t i = 0; i < n; ++i) first.add(leaves[i]);
    auto second = MerkleFrontier::resume(first.size(), first.roots());
    ASSERT_TRUE(second);
    for (std::size_t i = n; i < leaves.size(); ++i) second->add(leaves[i]);
    EXPECT_EQ(second->root(), root_of(leaves)) << n;
  }
}

TEST(Merkle, a_frontier_has_one_root_for_each_bit_of_its_size) {
  EXPECT_TRUE(MerkleFrontier::resume(6, std::vector<Sha256>(2)));
  EXPECT_FALSE(MerkleFrontier::resume(6, std::vector<Sha256>(1)));
  EXPECT_FALSE(MerkleFrontier::resume(6, std::vector<Sha256>(3)));
}

}  // namespace
}  // namespace boxoffice::engine::log
