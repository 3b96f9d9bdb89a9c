// The domain's types. START HERE for data: everything that is stored, matched or exchanged is made of these.
//
// A *unit* says one thing in several languages; each text in one language is a *variant*; what a variant says is
// *content*: plain text plus inline codes. Source and target are roles in a lookup, not in storage.
//
//   Unit unit;
//   unit.variants.push_back({.locale = "en", .content = {.text = "Good morning."}});
//   unit.variants.push_back({.locale = "zh-CN", .content = {.text = "早上好。"}});
//
// All types here are plain values: copyable, comparable, no I/O. Thread-safety: as any value type.
// Text is UTF-8 and kept byte for byte as given; offsets are Unicode code points in the plain text.
#ifndef REPRISE_TEXT_SEGMENT_H_
#define REPRISE_TEXT_SEGMENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace reprise {

// An inline code: a tag or placeholder that stands in the text without being part of it.
struct Code {
  // Persisted and on the wire: never renumber.
  enum class Kind : uint8_t { kOpen = 1, kClose = 2, kStandalone = 3 };

  uint32_t position = 0;  // code points of plain text before the code
  Kind kind = Kind::kStandalone;
  uint32_t pair_id = 0;         // joins an open code to its close; 0 = not paired
  std::string data;             // the original markup, e.g. "<b>"
  std::string equivalent_text;  // what it stands for in plain text, may be empty
  std::string type;             // TMX `type` such as "bold", may be empty

  bool operator==(const Code&) const = default;
};

// Plain text and its codes, in order of position.
struct Content {
  std::string text;
  std::vector<Code> codes;

  bool operator==(const Content&) const = default;
};

// Where a variant came from. Persisted and on the wire: never renumber.
enum class Origin : uint8_t { kUnspecified = 0, kHuman = 1, kAlignment = 2, kMachine = 3, kImport = 4 };

// How far a variant got. Persisted and on the wire: never renumber. The order of trust is StatusRank (below).
enum class VariantStatus : uint8_t {
  kUnspecified = 0,
  kDraft = 1,
  kTranslated = 2,
  kReviewed = 3,
  kFinal = 4,
  kRejected = 5
};

// Rank of trust: rejected 0 < draft 1 < unspecified = translated 2 < reviewed 3 < final 4.
constexpr int StatusRank(VariantStatus status) {
  switch (status) {
    case VariantStatus::kRejected: return 0;
    case VariantStatus::kDraft: return 1;
    case VariantStatus::kUnspecified:
    case VariantStatus::kTranslated: return 2;
    case VariantStatus::kReviewed: return 3;
    case VariantStatus::kFinal: return 4;
  }
  return 0;
}

using Attributes = std::map<std::string, std::vector<std::string>>;

// One locale's text of a unit.
struct Variant {
  std::string locale;  // canonical BCP 47 (text/locale.h)
  Content content;
  Origin origin = Origin::kUnspecified;
  VariantStatus status = VariantStatus::kUnspecified;
  bool locked = false;
  int64_t created_us = 0;  // microseconds since 1970 UTC; 0 = unknown
  int64_t changed_us = 0;
  std::string created_by;
  std::string changed_by;
  uint64_t usage_count = 0;
  int64_t last_used_us = 0;
  std::string note;
  Attributes attributes;

  bool operator==(const Variant&) const = default;
};

// What stands before or after a segment. "Edge of the document" and "unknown" differ; unknown never agrees.
struct Neighbour {
  enum class State : uint8_t { kUnknown = 0, kEdge = 1, kText = 2 };  // persisted: never renumber
  State state = State::kUnknown;
  std::string text;  // if kText

  bool operator==(const Neighbour&) const = default;
};

// Where a unit was seen. An absent document or key is "", which is a value of the identity.
struct Context {
  std::string document;
  std::string key;                            // PO msgctxt, XLIFF resname, ...
  std::map<std::string, Neighbour> previous;  // by canonical locale
  std::map<std::string, Neighbour> next;

  bool operator==(const Context&) const = default;
};

// The most contexts a unit keeps; the oldest are dropped and counted.
inline constexpr size_t kMaxContexts = 64;

// One meaning in several languages.
struct Unit {
  uint64_t id = 0;            // assigned by the server, never reused; 0 = not stored yet
  std::string client_key;     // the caller's own identity for it, may be empty
  std::string source_locale;  // if known
  std::vector<Variant> variants;
  std::vector<Context> contexts;
  uint64_t dropped_contexts = 0;
  std::string group;  // joins plural forms of one message, may be empty
  uint64_t revision = 0;
  Attributes attributes;  // defaults that variants inherit
  std::string note;

  bool operator==(const Unit&) const = default;
};

}  // namespace reprise

#endif  // REPRISE_TEXT_SEGMENT_H_
