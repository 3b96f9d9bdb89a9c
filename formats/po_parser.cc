#include "formats/po_parser.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/delimited.h"

namespace reprise {
namespace {

constexpr uint32_t kMaxPluralForms = 64;  // no language has more than six

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\f\v\r");
  if (first == std::string_view::npos) return std::string_view();
  return text.substr(first, text.find_last_not_of(" \t\f\v\r") - first + 1);
}

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char SimpleEscape(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'v': return '\v';
    case '"':
    case '\'':
    case '?':
    case '\\': return c;
    default: return '\0';
  }
}

// The inside of a quoted string, escapes replaced; "" or why not.
std::string_view Unescape(std::string_view text, std::string* out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out->push_back(text[i]);
      continue;
    }
    if (++i == text.size()) return "a backslash stands at the end of a string; write \\\\";
    if (const char plain = SimpleEscape(text[i]); plain != '\0') {
      out->push_back(plain);
      continue;
    }
    int value = 0;
    size_t digits = 0;
    if (text[i] == 'x') {
      while (digits < 2 && i + 1 < text.size() && HexDigit(text[i + 1]) >= 0) {
        value = value * 16 + HexDigit(text[++i]);
        ++digits;
      }
    } else {
      while (digits < 3 && i < text.size() && text[i] >= '0' && text[i] <= '7') {
        value = value * 8 + (text[i++] - '0');
        ++digits;
      }
      --i;
    }
    if (digits == 0 || value > 0xFF) return "an escape is none of \\n \\t \\r \\\" \\\\ \\ooo \\xhh";
    out->push_back(static_cast<char>(value));
  }
  return std::string_view();
}

// "msgstr[12]" -> 12.
std::optional<uint32_t> PluralIndex(std::string_view keyword) {
  keyword.remove_prefix(std::string_view("msgstr[").size());
  uint32_t index = 0;
  size_t digits = 0;
  for (; digits < keyword.size() && keyword[digits] >= '0' && keyword[digits] <= '9' && digits < 3; ++digits) {
    index = index * 10 + static_cast<uint32_t>(keyword[digits] - '0');
  }
  if (digits == 0 || keyword.substr(digits) != "]" || index >= kMaxPluralForms) return std::nullopt;
  return index;
}

}  // namespace

absl::Status PoParser::Line(std::string_view whole, uint64_t number, bool too_long) {
  const std::string_view line = Trim(whole);
  if (line.empty() && !too_long) {
    // Blank lines may stand inside an entry, too; what follows tells.
    gap_ = begun_ && entry_.msgstr.empty() && entry_.error.empty();
    return gap_ ? absl::OkStatus() : Emit();
  }
  if (StartsWith(line, "#~")) return Emit();
  RETURN_IF_ERROR(BeginIfNeeded(line));
  if (!begun_) {
    begun_ = true;
    entry_.line = number;
  }
  open_string_ = false;
  bytes_ += line.size();
  if (keep_raw_ && bytes_ <= kMaxTokenBytes) absl::StrAppend(&entry_.raw, std::string(whole), "\n");
  if (too_long || bytes_ > kMaxTokenBytes) {
    Spoil(number, absl::StrCat("is longer than ", kMaxTokenBytes, " bytes"));
  } else if (line.front() == '#') {
    Comment(line, number);
  } else if (line.front() == '"') {
    if (field_ == nullptr) {
      Spoil(number, "a string belongs to no keyword; write msgid or msgstr before it");
    } else {
      Take(line, number, field_);
    }
  } else {
    Keyword(line, number);
  }
  return absl::OkStatus();
}

// A line that can only belong to the next entry ends the one before.
absl::Status PoParser::BeginIfNeeded(std::string_view line) {
  if (line.empty()) return absl::OkStatus();  // too long to be kept
  const bool has_id = entry_.msgid.has_value();
  const bool past_id = !entry_.msgstr.empty() || (has_id && !entry_.error.empty());
  const bool starts = (line.front() == '#' && past_id) || (StartsWith(line, "msgctxt") && (has_id || entry_.msgctxt)) ||
                      (StartsWith(line, "msgid") && !StartsWith(line, "msgid_plural") && has_id);
  const bool continues = StartsWith(line, "msgstr") || StartsWith(line, "msgid") || line.front() == '"';
  return starts || (std::exchange(gap_, false) && !continues) ? Emit() : absl::OkStatus();
}

void PoParser::Comment(std::string_view line, uint64_t number) {
  const char kind = line.size() > 1 ? line[1] : ' ';
  const std::string_view text = Trim(line.substr(std::min<size_t>(line.size(), 2)));
  if (kind != '|') previous_ = nullptr;
  switch (kind) {
    case '.': entry_.extracted.emplace_back(text); return;
    case '|': return Previous(text, number);
    case ':':
    case ',': {
      const char* separators = kind == ':' ? " \t" : ", \t";
      for (std::string_view rest = text; !rest.empty();) {
        const size_t end = std::min(rest.find_first_of(separators), rest.size());
        const std::string_view word = rest.substr(0, end);
        if (kind == ',' && word == "fuzzy") {
          entry_.fuzzy = true;
        } else if (!word.empty()) {
          (kind == ':' ? entry_.references : entry_.flags).emplace_back(word);
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      return;
    }
    case ' ':
    case '\t':
      if (!StartsWith(text, kRefusedRemark)) entry_.comments.emplace_back(text);
      return;
    default: entry_.comments.emplace_back(Trim(line.substr(1))); return;
  }
}

// `#| msgid "..."` and the strings that continue it.
void PoParser::Previous(std::string_view text, uint64_t number) {
  const struct {
    std::string_view keyword;
    std::optional<std::string>* field;
  } kFields[] = {{"msgctxt", &entry_.previous_msgctxt},
                 {"msgid_plural", &entry_.previous_msgid_plural},
                 {"msgid", &entry_.previous_msgid}};
  for (const auto& [keyword, field] : kFields) {
    if (!StartsWith(text, keyword)) continue;
    *field = std::string();
    previous_ = &field->value();
    return Take(Trim(text.substr(keyword.size())), number, previous_);
  }
  if (previous_ != nullptr && StartsWith(text, "\"")) return Take(text, number, previous_);
  Spoil(number, "a line after #| is neither msgid \"...\" nor a string that continues one");
}

void PoParser::Keyword(std::string_view line, uint64_t number) {
  const std::string_view keyword = line.substr(0, line.find_first_of(" \t\""));
  const std::string_view rest = Trim(line.substr(keyword.size()));
  field_ = nullptr;
  previous_ = nullptr;
  std::optional<std::string>* simple = keyword == "msgctxt"        ? &entry_.msgctxt
                                       : keyword == "msgid"        ? &entry_.msgid
                                       : keyword == "msgid_plural" ? &entry_.msgid_plural
                                                                   : nullptr;
  if (simple != nullptr) {
    if (simple->has_value()) return Spoil(number, absl::StrCat("has two ", std::string(keyword)));
    *simple = std::string();
    field_ = &simple->value();
    return Take(rest, number, field_);
  }
  if (keyword == "domain") return;  // names the catalogue, says nothing of a text
  if (!StartsWith(keyword, "msgstr")) {
    return Spoil(number, "a line is neither a comment, a keyword (msgctxt, msgid, msgid_plural, msgstr) nor a string");
  }
  uint32_t index = 0;
  if (keyword != "msgstr") {
    const std::optional<uint32_t> plural = StartsWith(keyword, "msgstr[") ? PluralIndex(keyword) : std::nullopt;
    if (!plural) return Spoil(number, "a keyword begins with msgstr and is neither msgstr nor msgstr[N]");
    index = *plural;
  }
  const bool plural = keyword != "msgstr";
  if (!entry_.msgid) return Spoil(number, "msgstr stands before msgid");
  if (plural != entry_.msgid_plural.has_value()) {
    return Spoil(number, "msgid_plural goes with msgstr[0], msgstr[1], ..., and a message without it with msgstr");
  }
  const auto [at, added] = entry_.msgstr.emplace(index, std::string());
  if (!added) return Spoil(number, absl::StrCat("has two ", std::string(keyword.substr(0, 16))));
  field_ = &at->second;
  Take(rest, number, field_);
}

void PoParser::Take(std::string_view quoted, uint64_t number, std::string* field) {
  if (quoted.empty() || quoted.front() != '"') return Spoil(number, "a string is missing; write it between quotes");
  // The closing quote is the first one that no backslash escapes.
  size_t end = 1;
  while (end < quoted.size() && quoted[end] != '"') end += quoted[end] == '\\' ? 2 : 1;
  if (end >= quoted.size()) {
    open_string_ = true;
    return Spoil(number, "a string has no closing quote");
  }
  if (!Trim(quoted.substr(end + 1)).empty()) {
    return Spoil(number, "something follows a string; escape a quote inside it as \\\"");
  }
  const std::string_view wrong = Unescape(quoted.substr(1, end - 1), field);
  if (!wrong.empty()) Spoil(number, wrong);
}

void PoParser::Spoil(uint64_t number, std::string_view reason) {
  if (!entry_.error.empty()) return;
  entry_.error = std::string(reason);
  if (number != entry_.line) absl::StrAppend(&entry_.error, " (line ", number, ")");
}

absl::Status PoParser::Emit() {
  field_ = previous_ = nullptr;
  bytes_ = 0;
  gap_ = false;
  if (!begun_) return absl::OkStatus();
  begun_ = false;
  PoEntry entry = std::move(entry_);
  entry_ = PoEntry();
  const bool empty = !entry.msgid && !entry.msgctxt && entry.msgstr.empty();
  if (empty && entry.error.empty()) return absl::OkStatus();  // comments alone
  if (entry.error.empty() && !entry.msgid) entry.error = "msgid is missing";
  if (entry.error.empty() && entry.msgstr.empty()) entry.error = "msgstr is missing; an empty one means untranslated";
  return on_entry_(std::move(entry));
}

absl::Status PoParser::Finish() {
  const bool cut = begun_ && (open_string_ || ((entry_.msgid || entry_.msgctxt) && entry_.msgstr.empty()));
  const uint64_t line = entry_.line;
  RETURN_IF_ERROR(Emit());
  if (!cut) return absl::OkStatus();
  return InvalidArgument(absl::StrCat("line ", line, ": the file is cut off inside the entry that begins there"));
}

}  // namespace reprise
