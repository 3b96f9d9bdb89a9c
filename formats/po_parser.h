// The lines of a PO file -> its entries (GNU gettext's text format), one at a time.
//
//   PoParser parser([](PoEntry entry) { return absl::OkStatus(); });
//   RETURN_IF_ERROR(parser.Line("msgid \"Hello\"", 1));
//   ...
//   RETURN_IF_ERROR(parser.Finish());
//
// A line that is wrong spoils its entry alone: the next one begins after a blank line, a comment or a new msgid.
// Obsolete entries (#~) are passed over. Memory is bounded: an entry of more than kMaxTokenBytes is spoilt.
// Not thread-safe.
#ifndef REPRISE_FORMATS_PO_PARSER_H_
#define REPRISE_FORMATS_PO_PARSER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace reprise {

// One entry, unescaped.
struct PoEntry {
  uint64_t line = 0;  // of its first line, comments included
  std::string error;  // not empty: the entry is spoilt, and why; what follows is what was understood
  std::vector<std::string> comments, extracted, references, flags;
  std::optional<std::string> previous_msgctxt, previous_msgid, previous_msgid_plural;
  std::optional<std::string> msgctxt, msgid, msgid_plural;
  std::map<uint32_t, std::string> msgstr;  // by plural index; 0 alone without plurals
  bool fuzzy = false;
  std::string raw;  // its lines, if they are kept
};

class PoParser {
 public:
  using OnEntry = std::function<absl::Status(PoEntry)>;
  // `keep_raw`: fill PoEntry::raw.
  explicit PoParser(OnEntry on_entry, bool keep_raw = false) : on_entry_(std::move(on_entry)), keep_raw_(keep_raw) {}

  // Takes the next line, without its line end. Error: as on_entry answers.
  absl::Status Line(std::string_view line, uint64_t number, bool too_long = false);
  // Gives out the last entry. Error: INVALID_ARGUMENT if the file is cut off inside it.
  absl::Status Finish();

 private:
  void Comment(std::string_view line, uint64_t number);
  void Previous(std::string_view text, uint64_t number);
  void Keyword(std::string_view line, uint64_t number);
  void Take(std::string_view quoted, uint64_t number, std::string* field);
  void Spoil(uint64_t number, std::string_view reason);
  absl::Status BeginIfNeeded(std::string_view line);
  absl::Status Emit();

  const OnEntry on_entry_;
  const bool keep_raw_;
  PoEntry entry_;
  bool begun_ = false;
  bool gap_ = false;                 // a blank line inside an entry that lacks its msgstr
  size_t bytes_ = 0;                 // of the entry so far
  std::string* field_ = nullptr;     // what a line of nothing but a string continues
  std::string* previous_ = nullptr;  // the same for `#|`
  bool open_string_ = false;         // the last line lost its closing quote
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_PO_PARSER_H_
