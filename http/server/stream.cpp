#include "http/server/stream.h"

#include <algorithm>

namespace boxoffice::http {

namespace {

// Times `behind_bytes_max`.
constexpr std::size_t piled_up_max = 16;

}  // namespace

void Stream::send_asked_for(Piece piece) {
  if (ended_ || cut_) return;
  pending_.push_back({.piece = std::move(piece)});
  wake();
}

void Stream::send(Piece piece) {
  if (ended_ || cut_) return;
  const std::size_t bytes = piece->size();
  // One piece of any size may wait: what is behind is what more than one leaves.
  // Whoever is sent a large one has as much time as it takes.
  const bool behind = behind_bytes_ > 0 &&
                      behind_bytes_ + bytes > std::max(unsent_bytes_, options_.behind_bytes_max);
  const bool too_much =
      pending_bytes_ > 0 && pending_bytes_ + bytes > piled_up_max * options_.behind_bytes_max;
  if (unsent_bytes_ > 0) behind_bytes_ += bytes;
  if (behind || too_much) {
    cut_ = true;
    pending_.clear();
    pending_bytes_ = 0;
  } else {
    pending_bytes_ += bytes;
    pending_.push_back({.piece = std::move(piece), .counted_bytes = bytes});
  }
  wake();
}

void Stream::set_blocked(std::size_t unsent_bytes) {
  unsent_bytes_ = unsent_bytes;
  behind_bytes_ = 0;
}

void Stream::end() {
  ended_ = true;
  wake();
}

Stream::Piece Stream::take() {
  if (pending_.empty()) return nullptr;
  Pending next = std::move(pending_.front());
  pending_.pop_front();
  pending_bytes_ -= next.counted_bytes;
  return std::move(next.piece);
}

}  // namespace boxoffice::http
