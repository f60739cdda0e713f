#include "events/codec_writer.h"

#include "base/ensure.h"

namespace boxoffice::events {

namespace {

// Distances are signed numbers of 32 bits.
constexpr std::size_t bytes_max = (std::size_t{1} << 31) - 1;

}  // namespace

TableWriter::TableWriter(std::size_t initial_bytes) { grow(initial_bytes); }

void TableWriter::grow(std::size_t bytes) {
  const std::size_t written = size();
  const std::size_t capacity = std::max(written * 2, written + bytes) / 8 * 8 + 8;
  ENSURE(capacity <= bytes_max, "a frame is smaller than FlatBuffers can be");
  std::unique_ptr<std::uint8_t[]> storage(new std::uint8_t[capacity]);
  std::uint8_t* const end = storage.get() + capacity;
  ENSURE(reinterpret_cast<std::uintptr_t>(end) % 8 == 0, "memory comes aligned");
  if (written != 0) std::memcpy(end - written, place_.at, written);
  storage_ = std::move(storage);
  place_ = {.at = end - written, .end = end};
}

Reference TableWriter::text(std::string_view text) {
  make_room(text.size() + 16);
  WritingPlace place = place_;
  place.pad(sizeof(std::uint32_t), text.size() + 1);
  place.push('\0');
  place.push(text.data(), text.size());
  place.push(static_cast<std::uint32_t>(text.size()));
  place_ = place;
  return {place.size()};
}

Reference TableWriter::vector_of_bytes(const void* values, std::size_t count, std::size_t bytes) {
  make_room(bytes + 16);
  WritingPlace place = place_;
  place.pad(sizeof(std::uint32_t), bytes);
  place.push(values, bytes);
  place.push(static_cast<std::uint32_t>(count));
  place_ = place;
  return {place.size()};
}

Reference TableWriter::references(std::span<const Reference> to) {
  make_room(to.size_bytes() + 16);
  WritingPlace place = place_;
  place.pad(sizeof(std::uint32_t));
  for (std::size_t i = to.size(); i > 0; --i) place.push_reference(to[i - 1]);
  place.push(static_cast<std::uint32_t>(to.size()));
  place_ = place;
  return {place.size()};
}

std::uint32_t TableWriter::directory(std::uint32_t start,
                                     std::span<const std::uint32_t> field_sizes) {
  const std::uint32_t table = size();
  std::size_t count = field_sizes.size();
  while (count > 0 && field_sizes[count - 1] == 0) --count;
  // Its own size and the table's, then for each field where it lies in the table; 0 is nowhere.
  const std::size_t bytes = (count + 2) * sizeof(std::uint16_t);
  WritingPlace place = place_;
  for (std::size_t i = count; i > 0; --i) {
    const std::uint32_t size = field_sizes[i - 1];
    place.push(static_cast<std::uint16_t>(size == 0 ? 0 : table - size));
  }
  place.push(static_cast<std::uint16_t>(table - start));
  place.push(static_cast<std::uint16_t>(bytes));
  for (const std::uint32_t known : directories_) {
    const std::uint8_t* const other = place.end - known;
    // The first two bytes are the length.
    if (std::memcmp(other, place.at, 2) == 0 && std::memcmp(other, place.at, bytes) == 0) {
      return known;
    }
  }
  place_ = place;
  directories_.push_back(size());
  return size();
}

void TableWriter::finish(Reference root, const char* identifier, std::vector<std::uint8_t>& out) {
  make_room(32);
  place_.pad(sizeof(std::uint64_t));  // as the widest field asks
  place_.push(identifier, 4);
  place_.push_reference(root);
  out.assign(place_.at, place_.end);
  place_.at = place_.end;
  last_ = {};
  directories_.clear();
}

}  // namespace boxoffice::events
