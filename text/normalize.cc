// Key form: quotation marks and dashes are mapped first, then each stretch between two normalization boundaries goes
// through NFKC_Casefold on its own, which gives the map back to raw positions; white space is collapsed last. The steps
// are repeated until nothing changes.
#include "text/normalize.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "text/folding.h"

namespace reprise {
namespace {

const icu::Normalizer2& NfkcCasefold() {
  static const icu::Normalizer2* instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    return icu::Normalizer2::getNFKCCasefoldInstance(status);
  }();
  return *instance;
}

bool IsAscii(std::string_view text) {
  uint8_t all = 0;
  for (char c : text) all |= static_cast<uint8_t>(c);
  return all < 0x80;
}

bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The key form as code points, with the raw code points of each.
struct Mapped {
  std::vector<UChar32> key;
  std::vector<uint32_t> begin, end;

  void Add(UChar32 c, uint32_t from, uint32_t to) {
    if (u_isUWhiteSpace(c)) {
      // Of a stretch of white space the first stays; at the start of the text none.
      if (key.empty()) return;
      if (key.back() == ' ') {
        end.back() = to;
        return;
      }
      c = ' ';
    }
    key.push_back(c);
    begin.push_back(from);
    end.push_back(to);
  }
  void Trim() {
    while (!key.empty() && key.back() == ' ') {
      key.pop_back();
      begin.pop_back();
      end.pop_back();
    }
  }
};

// Adds NFKC_Casefold of in[from, to).
void AddStretch(const std::vector<UChar32>& in, size_t from, size_t to, Mapped* out) {
  bool plain = to - from == 1 && in[from] < 0x80;
  if (plain) {
    UChar32 c = in[from];
    out->Add(c >= 'A' && c <= 'Z' ? c + 32 : c, static_cast<uint32_t>(from), static_cast<uint32_t>(to));
    return;
  }
  icu::UnicodeString source;
  for (size_t i = from; i < to; ++i) source.append(in[i]);
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString folded = NfkcCasefold().normalize(source, status);
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    out->Add(folded.char32At(i), static_cast<uint32_t>(from), static_cast<uint32_t>(to));
  }
}

Mapped Pass(std::vector<UChar32> in) {
  Mapped out;
  for (UChar32& c : in) c = FoldDash(FoldQuote(c));
  for (size_t i = 0; i < in.size();) {
    if (IsProtected(in[i])) {
      out.Add(u_foldCase(in[i], U_FOLD_CASE_DEFAULT), static_cast<uint32_t>(i), static_cast<uint32_t>(i + 1));
      ++i;
      continue;
    }
    size_t end = i + 1;
    while (end < in.size() && !IsProtected(in[end]) && !NfkcCasefold().hasBoundaryBefore(in[end])) ++end;
    AddStretch(in, i, end, &out);
    i = end;
  }
  out.Trim();
  return out;
}

Mapped FoldAll(std::string_view text) {
  std::vector<UChar32> raw = DecodeUtf8(text);
  Mapped result = Pass(raw);
  // Two passes reach the fixed point for almost all text; a few stretches of combining marks need another.
  for (int pass = 0; pass < 8; ++pass) {
    Mapped again = Pass(result.key);
    if (again.key == result.key) break;
    for (size_t i = 0; i < again.key.size(); ++i) {
      uint32_t first = again.begin[i], last = again.end[i] - 1;
      again.begin[i] = result.begin[first];
      again.end[i] = result.end[last];
    }
    result = std::move(again);
  }
  return result;
}

}  // namespace

absl::Status ValidateUtf8(std::string_view text) {
  const auto* s = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t i = 0; i < text.size();) {
    size_t at = i;
    UChar32 c;
    U8_NEXT(s, i, text.size(), c);
    if (c < 0) return InvalidArgument("is not UTF-8 (byte " + std::to_string(at) + ")");
    if (c == 0) return InvalidArgument("holds U+0000 (byte " + std::to_string(at) + "), which no text may");
  }
  return absl::OkStatus();
}

size_t CodePointCount(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  return count;
}

const char* UnicodeVersion() { return U_UNICODE_VERSION; }

std::string KeyForm(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (IsAscii(text)) {
    for (char c : text) {
      if (IsAsciiSpace(c)) {
        if (!out.empty() && out.back() != ' ') out.push_back(' ');
      } else {
        out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
      }
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }
  for (UChar32 c : FoldAll(text).key) AppendUtf8(&out, c);
  return out;
}

MappedKeyForm KeyFormWithMap(std::string_view text) {
  Mapped mapped = FoldAll(text);
  MappedKeyForm out;
  for (UChar32 c : mapped.key) AppendUtf8(&out.key, c);
  out.raw_begin = std::move(mapped.begin);
  out.raw_end = std::move(mapped.end);
  return out;
}

}  // namespace reprise
