// What our own writer writes is what FlatBuffers' builder does with the same fields, to the byte.
#include "events/codec_writer.h"

#include <flatbuffers/flatbuffers.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace boxoffice::events {
namespace {

using flatbuffers::FieldIndexToOffset;

// A struct of a schema: aligned as its widest member.
struct Day {
  std::int16_t year = 0;
  std::uint8_t month = 0;
  std::uint8_t day = 0;
};
struct Name {
  std::array<std::uint8_t, 16> bytes{};
};

struct Record {
  std::uint32_t id = 0;
  std::string text;
  std::int64_t amount = 0;
  std::uint8_t version = 1;
  bool late = false;
  std::vector<std::uint16_t> rows;
  std::optional<Day> day;
  std::optional<Name> name;
  std::int16_t offset = 0;
  std::vector<std::uint32_t> seats;
};

Reference write(TableWriter& to, const Record& r) {
  const Reference text = r.text.empty() ? Reference() : to.text(r.text);
  const Reference rows = r.rows.empty() ? Reference() : to.vector(r.rows.data(), r.rows.size());
  const Reference seats = r.seats.empty() ? Reference() : to.vector(r.seats.data(), r.seats.size());
  const Day* const day = r.day ? &*r.day : nullptr;
  const Name* const name = r.name ? &*r.name : nullptr;
  return to.table<0>(r.id, text, r.amount, UnlessDefault<std::uint8_t{1}>{r.version}, r.late, rows,
                     day, name, r.offset, seats);
}

flatbuffers::Offset<void> build(flatbuffers::FlatBufferBuilder& to, const Record& r) {
  flatbuffers::Offset<flatbuffers::String> text;
  if (!r.text.empty()) text = to.CreateString(r.text);
  flatbuffers::Offset<flatbuffers::Vector<std::uint16_t>> rows;
  if (!r.rows.empty()) rows = to.CreateVector(r.rows);
  flatbuffers::Offset<flatbuffers::Vector<std::uint32_t>> seats;
  if (!r.seats.empty()) seats = to.CreateVector(r.seats);
  const auto start = to.StartTable();
  to.AddElement<std::int64_t>(FieldIndexToOffset(2), r.amount, 0);
  to.AddOffset(FieldIndexToOffset(9), seats);
  to.AddStruct(FieldIndexToOffset(7), r.name ? &*r.name : nullptr);
  to.AddStruct(FieldIndexToOffset(6), r.day ? &*r.day : nullptr);
  to.AddOffset(FieldIndexToOffset(5), rows);
  to.AddOffset(FieldIndexToOffset(1), text);
  to.AddElement<std::uint32_t>(FieldIndexToOffset(0), r.id, 0);
  to.AddElement<std::int16_t>(FieldIndexToOffset(8), r.offset, 0);
  to.AddElement<std::uint8_t>(FieldIndexToOffset(4), r.late ? 1 : 0, 0);
  to.AddElement<std::uint8_t>(FieldIndexToOffset(3), r.version, 1);
  return to.EndTable(start);
}

// The root has a number of 8 bytes, as a frame does.
std::vector<std::uint8_t> write_all(TableWriter& to, const std::vector<Record>& records) {
  std::vector<Reference> tables;
  for (const Record& each : records) tables.push_back(write(to, each));
  const Reference all = to.references(tables);
  const Reference root = to.table<1>(std::uint64_t{7}, all);
  std::vector<std::uint8_t> out;
  to.finish(root, "TEST", out);
  return out;
}

std::vector<std::uint8_t> build_all(const std::vector<Record>& records) {
  flatbuffers::FlatBufferBuilder to;
  std::vector<flatbuffers::Offset<void>> tables;
  for (const Record& each : records) tables.push_back(build(to, each));
  const auto all = to.CreateVector(tables);
  const auto start = to.StartTable();
  to.AddElement<std::uint64_t>(FieldIndexToOffset(0), 7, 0);
  to.AddOffset(FieldIndexToOffset(1), all);
  to.Finish(flatbuffers::Offset<void>(to.EndTable(start)), "TEST");
  return {to.GetBufferPointer(), to.GetBufferPointer() + to.GetSize()};
}

// Each field is there about half of the time, and of any length.
class RandomRecords {
 public:
  std::vector<Record> draw() {
    std::vector<Record> records(random_() % 40);
    for (Record& each : records) each = draw_one();
    return records;
  }

 private:
  bool toss() { return random_() % 2 == 0; }
  template <class T>
  T number() {
    return toss() ? T{} : static_cast<T>(random_());
  }
  template <class T>
  std::vector<T> numbers() {
    std::vector<T> out(toss() ? 0 : random_() % 9);
    for (T& each : out) each = static_cast<T>(random_());
    return out;
  }
  Record draw_one() {
    Record r;
    r.id = number<std::uint32_t>();
    r.text.assign(toss() ? 0 : random_() % 70, 'x');
    r.amount = number<std::int64_t>();
    r.version = toss() ? 1 : number<std::uint8_t>();
    r.late = toss();
    r.rows = numbers<std::uint16_t>();
    if (toss()) r.day = Day{2026, 11, 24};
    if (toss()) r.name = Name{{1, 2, 3}};
    r.offset = number<std::int16_t>();
    r.seats = numbers<std::uint32_t>();
    return r;
  }

  std::mt19937_64 random_{20261124};
};

TEST(TableWriter, writes_what_flatbuffers_own_builder_does) {
  RandomRecords random;
  TableWriter writer(8);  // so that it grows on the way
  for (int i = 0; i < 400; ++i) {
    const std::vector<Record> records = random.draw();
    ASSERT_EQ(write_all(writer, records), build_all(records)) << "buffer " << i;
  }
}

TEST(TableWriter, writes_nothing_for_a_table_without_fields_but_its_directory) {
  TableWriter writer(8);
  EXPECT_EQ(write_all(writer, {Record()}), build_all({Record()}));
}

}  // namespace
}  // namespace boxoffice::events
