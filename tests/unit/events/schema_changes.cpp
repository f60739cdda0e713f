#include "tests/unit/events/schema_changes.h"

#include <flatbuffers/idl.h>
#include <fmt/format.h>

#include <map>

#include "tests/unit/events/schema_json.h"

namespace boxoffice::events {

namespace {

// What it is about -> what holds of it.
using Promises = std::map<std::string, std::string>;

constexpr std::string_view is_required = "required";

std::string name_of(const flatbuffers::Definition& definition) {
  return definition.defined_namespace->GetFullyQualifiedName(definition.name);
}

std::string text_of(const flatbuffers::Type& type) {
  if (type.base_type == flatbuffers::BASE_TYPE_VECTOR) {
    return fmt::format("[{}]", text_of(type.VectorType()));
  }
  if (type.base_type == flatbuffers::BASE_TYPE_ARRAY) {
    return fmt::format("[{}:{}]", text_of(type.VectorType()), type.fixed_length);
  }
  if (type.struct_def != nullptr) return name_of(*type.struct_def);
  const std::string base = flatbuffers::kTypeNames[type.base_type];
  return type.enum_def != nullptr ? fmt::format("{} ({})", name_of(*type.enum_def), base) : base;
}

// How a field is read that is not there.
std::string presence_of(const flatbuffers::FieldDef& field) {
  if (field.deprecated) return "deprecated";
  if (field.IsRequired()) return std::string(is_required);
  if (field.IsOptional()) return "optional";
  return "default " + field.value.constant;
}

void add_enums(const flatbuffers::Parser& schema, Promises& out) {
  for (const flatbuffers::EnumDef* each : schema.enums_.vec) {
    const std::string name =
        fmt::format("{} {}", each->is_union ? "union" : "enum", name_of(*each));
    out[name] = text_of(flatbuffers::Type(each->underlying_type.base_type));
    for (const flatbuffers::EnumVal* value : each->Vals()) {
      std::string& promise = out[fmt::format("{}, {}", name, each->ToString(*value))];
      promise = value->name;
      if (each->is_union) promise += ": " + text_of(value->union_type);
    }
  }
}

void add_struct(const flatbuffers::StructDef& each, Promises& out) {
  const std::string name = "struct " + name_of(each);
  out[name] = fmt::format("{} bytes, aligned to {}", each.bytesize, each.minalign);
  for (const flatbuffers::FieldDef* field : each.fields.vec) {
    out[fmt::format("{}, byte {}", name, field->value.offset)] =
        fmt::format("{}: {}", field->name, text_of(field->value.type));
  }
}

void add_table(const flatbuffers::StructDef& each, Promises& out) {
  const std::string name = "table " + name_of(each);
  out[name] = "a table";
  for (const flatbuffers::FieldDef* field : each.fields.vec) {
    const int slot = field->value.offset / static_cast<int>(sizeof(flatbuffers::voffset_t)) - 2;
    out[fmt::format("{}, field {}", name, slot)] =
        fmt::format("{}: {}, {}", field->name, text_of(field->value.type), presence_of(*field));
  }
}

Promises promises_of(std::string_view text) {
  const auto schema = parse_schema(text);
  Promises out;
  out["file identifier"] = schema->file_identifier_;
  if (schema->root_struct_def_ != nullptr) out["root"] = name_of(*schema->root_struct_def_);
  add_enums(*schema, out);
  for (const flatbuffers::StructDef* each : schema->structs_.vec) {
    if (each->fixed) {
      add_struct(*each, out);
    } else {
      add_table(*each, out);
    }
  }
  return out;
}

// A field that old events lack, in a table that they have.
bool breaks_old_events(const std::string& about, const std::string& promise,
                       const Promises& released) {
  const std::string owner = about.substr(0, about.find(','));
  return released.contains(owner) && promise.ends_with(is_required);
}

}  // namespace

SchemaChanges schema_changes(std::string_view released, std::string_view today) {
  const Promises then = promises_of(released);
  const Promises now = promises_of(today);
  SchemaChanges out;
  for (const auto& [about, promise] : then) {
    const auto kept = now.find(about);
    if (kept == now.end()) {
      out.broken.push_back(fmt::format("{}: was \"{}\", is gone", about, promise));
    } else if (kept->second != promise) {
      out.broken.push_back(fmt::format("{}: was \"{}\", is \"{}\"", about, promise, kept->second));
    }
  }
  for (const auto& [about, promise] : now) {
    if (then.contains(about)) continue;
    auto& list = breaks_old_events(about, promise, then) ? out.broken : out.added;
    list.push_back(fmt::format("{}: \"{}\" is new", about, promise));
  }
  return out;
}

}  // namespace boxoffice::events
