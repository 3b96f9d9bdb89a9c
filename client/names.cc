#include "client/names.h"

#include "formats/unit_stream.h"

namespace reprise::client {
namespace {

constexpr std::string_view kMemories = "memories/";
constexpr std::string_view kProfiles = "profiles/";

std::string LastPart(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

}  // namespace

std::string MemoryName(std::string_view memory) {
  if (memory.substr(0, kMemories.size()) == kMemories) return std::string(memory);
  return std::string(kMemories) + std::string(memory);
}

std::string UnitName(std::string_view memory, std::string_view unit) {
  if (unit.substr(0, kMemories.size()) == kMemories) return std::string(unit);
  return MemoryName(memory) + "/units/" + std::string(unit);
}

std::string ShortMemory(std::string_view name) { return LastPart(name); }
std::string ShortUnit(std::string_view name) { return LastPart(name); }
std::string ShortProfile(std::string_view name) { return LastPart(name); }

std::string ProfileName(std::string_view profile) {
  if (profile.substr(0, kProfiles.size()) == kProfiles) return std::string(profile);
  return std::string(kProfiles) + std::string(profile);
}

const char* BandWord(v1::Band band) {
  switch (band) {
    case v1::BAND_CONTEXT: return "context";
    case v1::BAND_EXACT: return "exact";
    case v1::BAND_FOLDED: return "folded";
    case v1::BAND_NEAR_EXACT: return "near-exact";
    case v1::BAND_FUZZY: return "fuzzy";
    default: return "unspecified";
  }
}

const char* OriginWord(v1::Origin origin) {
  switch (origin) {
    case v1::ORIGIN_HUMAN: return "human";
    case v1::ORIGIN_ALIGNMENT: return "alignment";
    case v1::ORIGIN_MACHINE: return "machine";
    case v1::ORIGIN_IMPORT: return "import";
    default: return "unspecified";
  }
}

const char* StatusWord(v1::VariantStatus status) {
  switch (status) {
    case v1::VARIANT_STATUS_DRAFT: return "draft";
    case v1::VARIANT_STATUS_TRANSLATED: return "translated";
    case v1::VARIANT_STATUS_REVIEWED: return "reviewed";
    case v1::VARIANT_STATUS_FINAL: return "final";
    case v1::VARIANT_STATUS_REJECTED: return "rejected";
    default: return "unspecified";
  }
}

const char* PenaltySourceWord(v1::PenaltySource source) {
  switch (source) {
    case v1::PENALTY_SOURCE_DEFAULT: return "default";
    case v1::PENALTY_SOURCE_MEMORY: return "memory";
    case v1::PENALTY_SOURCE_PROFILE: return "profile";
    case v1::PENALTY_SOURCE_REQUEST: return "request";
    default: return "unspecified";
  }
}

const char* PolicyWord(v1::DuplicatePolicy policy) {
  return policy >= v1::DUPLICATE_POLICY_KEEP_ALL && policy <= v1::DUPLICATE_POLICY_SKIP
             ? kPolicyWords[policy - v1::DUPLICATE_POLICY_KEEP_ALL]
             : "unspecified";
}

const char* EditWord(v1::Edit::Kind kind) {
  switch (kind) {
    case v1::Edit::KIND_EQUAL: return "equal";
    case v1::Edit::KIND_STEM: return "stem";
    case v1::Edit::KIND_REPLACED: return "replaced";
    case v1::Edit::KIND_INSERTED: return "inserted";
    case v1::Edit::KIND_DELETED: return "deleted";
    default: return "unspecified";
  }
}

const char* OrderWord(v1::MatchOrder order) {
  return order == v1::MATCH_ORDER_SCORE || order == v1::MATCH_ORDER_RELEVANCE
             ? kOrderWords[order - v1::MATCH_ORDER_SCORE]
             : "unspecified";
}

v1::MatchOrder OrderOf(std::string_view word) {
  if (word == kOrderWords[0]) return v1::MATCH_ORDER_SCORE;
  return word == kOrderWords[1] ? v1::MATCH_ORDER_RELEVANCE : v1::MATCH_ORDER_UNSPECIFIED;
}

const char* CompletionOriginWord(v1::CompletionOrigin origin) {
  switch (origin) {
    case v1::COMPLETION_ORIGIN_MATCH: return "match";
    case v1::COMPLETION_ORIGIN_FRAGMENT: return "fragment";
    case v1::COMPLETION_ORIGIN_MEMORY: return "memory";
    default: return "unspecified";
  }
}

v1::Format FormatOf(std::string_view word) {
  const auto format = FormatFromName(word);
  return format.ok() ? static_cast<v1::Format>(*format) : v1::FORMAT_UNSPECIFIED;
}

v1::Format FormatOfFile(std::string_view file_name) { return static_cast<v1::Format>(DetectFormat(file_name, "")); }

v1::TmxFlavor FlavorOf(std::string_view word) {
  const auto flavor = TmxFlavorFromName(word);
  return flavor.ok() ? static_cast<v1::TmxFlavor>(*flavor) : v1::TMX_FLAVOR_UNSPECIFIED;
}

v1::DuplicatePolicy PolicyOf(std::string_view word) {
  for (int i = 0; i < 4; ++i) {
    if (word == kPolicyWords[i]) return static_cast<v1::DuplicatePolicy>(v1::DUPLICATE_POLICY_KEEP_ALL + i);
  }
  return v1::DUPLICATE_POLICY_UNSPECIFIED;
}

}  // namespace reprise::client
