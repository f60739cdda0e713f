#include "events/codec_body.h"

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <tuple>
#include <utility>

namespace boxoffice::events {

static_assert(std::endian::native == std::endian::little,
              "vectors are copied as they are on disk, which is little endian");

namespace {

// The tables of the schema in the order of EventBody.
using Tables =
    std::tuple<fb::MovieCreated, fb::MovieChanged, fb::MovieDeleted, fb::TheatreCreated,
               fb::TheatreChanged, fb::TheatreDeleted, fb::ShowCreated, fb::ShowChanged,
               fb::ShowDeleted, fb::UserRegistered, fb::UserChanged, fb::UserRoleChanged,
               fb::UserLoggedIn, fb::SeatsLocked, fb::SeatsReleased, fb::LockExpired,
               fb::BookingCreated, fb::BookingConfirmed, fb::BookingCancelled, fb::BookingExpired,
               fb::PaymentInitiated, fb::PaymentSucceeded, fb::PaymentFailed, fb::RefundRequested,
               fb::CommandRepeated, fb::CommandRefused, fb::UserErased>;

constexpr std::size_t type_count = event_type_count;
static_assert(std::tuple_size_v<Tables> == type_count);
static_assert(static_cast<std::size_t>(fb::EventBody::MAX) == type_count);

template <std::size_t Type>
using Table = std::tuple_element_t<Type, Tables>;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public |
                                                         boost::describe::mod_inherited>;
template <class T>
constexpr std::size_t member_count = boost::mp11::mp_size<Members<T>>::value;
template <class T, std::size_t I>
using Member = boost::mp11::mp_at_c<Members<T>, I>;

template <std::size_t Type>
constexpr bool table_mirrors_struct() {
  using Struct = std::variant_alternative_t<Type, EventBody>;
  using Traits = typename Table<Type>::Traits;
  if (static_cast<std::size_t>(fb::EventBodyTraits<Table<Type>>::enum_value) != Type + 1) {
    return false;
  }
  if (Traits::fields_number != member_count<Struct>) return false;
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return ((std::string_view(Member<Struct, I>::name) == Traits::field_names[I]) && ...);
  }
  (std::make_index_sequence<member_count<Struct>>());
}

template <std::size_t... Type>
constexpr bool tables_mirror_structs(std::index_sequence<Type...>) {
  return (table_mirrors_struct<Type>() && ...);
}
static_assert(tables_mirror_structs(std::make_index_sequence<type_count>()),
              "events.fbs and events.h disagree: same fields, same names, same order");

// ---- Values to fields ---------------------------------------------------------------------------
// What is empty or 0 is left out of the table: it reads back as such.

template <class Field, class T>
  requires std::is_arithmetic_v<T> T encode(TableWriter&, T value) { return value; }

template <class Field, class T>
  requires std::is_enum_v<T> Field encode(TableWriter&, T value) {
    return static_cast<Field>(value);
  }

template <class Field, class T>
  requires is_strong_id<T>
typename T::rep encode(TableWriter&, T id) { return id.value; }

template <class>
std::int64_t encode(TableWriter&, Money amount) {
  return amount.cents;
}

template <class>
std::int64_t encode(TableWriter&, Instant instant) {
  return instant.us;
}

template <class>
std::int32_t encode(TableWriter&, TimeOfDay time) {
  return time.seconds;
}

template <class>
fb::Date encode(TableWriter&, Date date) {
  return fb::Date(date.year, date.month, date.day);
}

template <class>
fb::Uuid encode(TableWriter&, const Uuid& id) {
  return std::bit_cast<fb::Uuid>(id);
}

template <class>
fb::Fingerprint encode(TableWriter&, const Fingerprint& fingerprint) {
  return std::bit_cast<fb::Fingerprint>(fingerprint);
}

template <class>
Reference encode(TableWriter& to, const std::string& text) {
  return text.empty() ? Reference() : to.text(text);
}

template <class>
Reference encode(TableWriter& to, const Ciphertext& text) {
  return text.data.empty() ? Reference() : to.vector(text.data.data(), text.data.size());
}

// Empty is not absent.
template <class>
Reference encode(TableWriter& to, const std::optional<std::string>& text) {
  return text ? to.text(*text) : Reference();
}

template <class>
Reference encode(TableWriter& to, const std::optional<Ciphertext>& text) {
  return text ? to.vector(text->data.data(), text->data.size()) : Reference();
}

template <class, class T>
Reference encode(TableWriter& to, const std::vector<T>& values) {
  return values.empty() ? Reference() : to.vector(values.data(), values.size());
}

// Whether what `encode` gives is what the schema has.
template <class Field, class Encoded>
constexpr bool fits() {
  if constexpr (std::is_pointer_v<Field>) {
    using Target = std::remove_const_t<std::remove_pointer_t<Field>>;
    return std::is_same_v<Encoded, Reference> != std::is_same_v<Encoded, Target>;
  } else {
    return std::is_same_v<Encoded, Field>;
  }
}

template <std::size_t Type>
EncodedBody encode_table(TableWriter& to, const EventBody& body) {
  using Struct = std::variant_alternative_t<Type, EventBody>;
  using Traits = typename Table<Type>::Traits;
  const Struct& event = *std::get_if<Type>(&body);
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    // Braces: strings and vectors are written before the table, in order.
    const std::tuple fields{
        encode<typename Traits::template FieldType<I>>(to, event.*Member<Struct, I>::pointer)...};
    static_assert((fits<typename Traits::template FieldType<I>,
                        std::tuple_element_t<I, std::remove_const_t<decltype(fields)>>>() &&
                   ...));
    return EncodedBody{fb::EventBodyTraits<Table<Type>>::enum_value,
                       to.table<Type>(std::get<I>(fields)...)};
  }
  (std::make_index_sequence<member_count<Struct>>());
}

// ---- Fields to values ---------------------------------------------------------------------------

// What is being read, for the text of a fault.
struct Place {
  Position position;
  std::string_view type;
  std::string_view field;
};

Fault out_of_range(const Place& at) {
  return fault(FaultKind::corrupt, fmt::format("event {}: {}.{} is out of range", at.position.value,
                                               at.type, at.field));
}

// Each overwrites all of `out`. Those that cannot fail say so by returning nothing.

template <class T>
  requires std::is_arithmetic_v<T>
void decode(T field, const Place&, T& out) { out = field; }

template <class Field, class T>
  requires std::is_enum_v<T> Result<void> decode(Field field, const Place& at, T& out) {
    TRY(out, decode_enum<T>(field, at.position, at.type, at.field));
    return success();
  }

template <class T>
  requires is_strong_id<T>
void decode(typename T::rep field, const Place&, T& out) { out = T(field); }

void decode(std::int64_t field, const Place&, Money& out) { out.cents = field; }

Result<void> decode(std::int64_t field, const Place& at, Instant& out) {
  if (Instant{field} < instant_min || Instant{field} > instant_max) return out_of_range(at);
  out.us = field;
  return success();
}

Result<void> decode(std::int32_t field, const Place& at, TimeOfDay& out) {
  if (field < 0 || field >= 24 * 60 * 60) return out_of_range(at);
  out.seconds = field;
  return success();
}

Result<void> decode(const fb::Date* field, const Place& at, Date& out) {
  const std::chrono::year_month_day day(std::chrono::year(field->year()),
                                        std::chrono::month(field->month()),
                                        std::chrono::day(field->day()));
  if (!day.ok() || field->year() < 1 || field->year() > 9999) return out_of_range(at);
  out = Date{field->year(), field->month(), field->day()};
  return success();
}

void decode(const fb::Uuid* field, const Place&, Uuid& out) { out = std::bit_cast<Uuid>(*field); }

void decode(const fb::Fingerprint* field, const Place&, Fingerprint& out) {
  out = std::bit_cast<Fingerprint>(*field);
}

void decode(const flatbuffers::Vector<std::uint8_t>* field, const Place&, Ciphertext& out) {
  out.data.clear();
  if (field == nullptr) return;
  out.data.assign(reinterpret_cast<const char*>(field->Data()), field->size());
}

void decode(const flatbuffers::String* field, const Place&, std::string& out) {
  out.clear();
  if (field != nullptr) out.assign(field->c_str(), field->size());
}

template <class Field, class T>
void decode(const Field* field, const Place& at, std::optional<T>& out) {
  out.reset();
  if (field != nullptr) decode(field, at, out.emplace());
}

template <class Raw, class T>
void decode(const flatbuffers::Vector<Raw>* field, const Place&, std::vector<T>& out) {
  static_assert(sizeof(Raw) == sizeof(T));
  out.clear();
  if (field == nullptr || field->size() == 0) return;
  out.resize(field->size());
  std::memcpy(out.data(), field->Data(), out.size() * sizeof(T));
}

// Says whether the field was right; if not, `result` says what is wrong.
template <class Field, class T>
bool decode(Field field, const Place& at, T& out, Result<void>& result) {
  if constexpr (std::is_void_v<decltype(decode(field, at, out))>) {
    decode(field, at, out);
    return true;
  } else {
    result = decode(field, at, out);
    return result.has_value();
  }
}

template <std::size_t Type>
Result<void> decode_table(const void* raw, Position position, EventBody& body) {
  using Struct = std::variant_alternative_t<Type, EventBody>;
  TRY(check_fields(raw, member_count<Struct>, position, Table<Type>::Traits::name));
  const auto& table = *static_cast<const Table<Type>*>(raw);
  // Every field is overwritten: what held the same type keeps its memory.
  Struct& event = body.index() == Type ? *std::get_if<Type>(&body) : body.emplace<Type>();
  Result<void> result = success();
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    // Stops at the first field that is wrong.
    static_cast<void>((decode(table.template get_field<I>(),
                              Place{position, Table<Type>::Traits::name, Member<Struct, I>::name},
                              event.*Member<Struct, I>::pointer, result) &&
                       ...));
  }
  (std::make_index_sequence<member_count<Struct>>());
  return result;
}

}  // namespace

EncodedBody encode_body(TableWriter& to, const EventBody& body) {
  using Encode = EncodedBody (*)(TableWriter&, const EventBody&);
  static constexpr auto by_type = []<std::size_t... Type>(std::index_sequence<Type...>) {
    return std::array<Encode, type_count>{&encode_table<Type>...};
  }
  (std::make_index_sequence<type_count>());
  return by_type[body.index()](to, body);
}

Result<std::size_t> decode_type(const fb::Event& event, Position position) {
  const auto type = static_cast<std::size_t>(event.body_type());
  if (type == 0) {
    return fault(FaultKind::corrupt, fmt::format("event {} has no type", position.value));
  }
  if (type > type_count) {
    return written_by_newer_version(
        position, fmt::format("event type {} (this version knows 1 to {})", type, type_count));
  }
  return type - 1;
}

Result<void> decode_body(const fb::Event& event, std::size_t index, Position position,
                         EventBody& out) {
  using Decode = Result<void> (*)(const void*, Position, EventBody&);
  static constexpr auto by_type = []<std::size_t... Type>(std::index_sequence<Type...>) {
    return std::array<Decode, type_count>{&decode_table<Type>...};
  }
  (std::make_index_sequence<type_count>());
  return by_type[index](event.body(), position, out);
}

Result<void> check_fields(const void* table, std::size_t known, Position position,
                          std::string_view type) {
  // The directory begins with its own size and the table's, and ends at the last field that is set.
  const std::uint8_t* directory = static_cast<const flatbuffers::Table*>(table)->GetVTable();
  const std::size_t bytes = flatbuffers::ReadScalar<flatbuffers::voffset_t>(directory);
  const std::size_t fields = bytes / sizeof(flatbuffers::voffset_t) - 2;
  if (fields <= known) return success();
  return written_by_newer_version(
      position, fmt::format("{} with {} fields (this version knows {})", type, fields, known));
}

}  // namespace boxoffice::events
