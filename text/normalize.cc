#include "text/normalize.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <set>
#include <utility>

#include "text/folding.h"
#include "text/utf8.h"

namespace reprise {
namespace {

using folding::DecompositionType;
using folding::IsDash;
using folding::IsIgnorable;
using folding::IsProtected;
using folding::IsWhiteSpace;
using folding::kEllipsis;
using folding::kMidlineEllipsis;
using folding::Nfc;
using folding::Nfkc;
using folding::QuoteFold;

icu::UnicodeString ToUtf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

std::u32string NormalizedBy(const icu::Normalizer2& normalizer, const std::u32string& text) {
  const icu::UnicodeString in =
      icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()), static_cast<int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString normal = normalizer.normalize(in, status);
  std::u32string out;
  for (int32_t i = 0; i < normal.length(); i = normal.moveIndex32(i, 1)) {
    out.push_back(static_cast<char32_t>(normal.char32At(i)));
  }
  return out;
}

// The members of a class in `text`, with one mark for each run of others, so that their places count as well.
template <typename Member>
std::u32string Outline(const std::u32string& text, const Member& member) {
  constexpr char32_t kOthers = 0xFFFFFFFF;
  std::u32string outline;
  for (char32_t c : text) {
    if (member(c)) {
      outline.push_back(c);
    } else if (outline.empty() || outline.back() != kOthers) {
      outline.push_back(kOthers);
    }
  }
  return outline;
}

// Two raw texts whose differences are peeled off one kind after the other.
class FoldPeeler {
 public:
  FoldPeeler(std::string_view a, std::string_view b) : a_(Decode(a)), b_(Decode(b)) {}

  // Names the kind if the texts differ in the members of a class, then rewrites those in both.
  template <typename Member, typename Rewrite>
  void Peel(const char* kind, const Member& member, const Rewrite& rewrite) {
    if (a_ == b_) return;
    if (Outline(a_, member) != Outline(b_, member)) found_.insert(kind);
    for (std::u32string* text : {&a_, &b_}) {
      std::u32string out;
      for (char32_t c : *text) {
        if (member(c)) {
          rewrite(c, &out);
        } else {
          out.push_back(c);
        }
      }
      *text = std::move(out);
    }
  }

  bool Equal() const { return a_ == b_; }
  void Add(const char* kind) { found_.insert(kind); }
  std::vector<std::string> Found() const { return {found_.begin(), found_.end()}; }

 private:
  static std::u32string Decode(std::string_view text) {
    std::u32string out;
    for (size_t i = 0; i < text.size();) out.push_back(NextCodePoint(text, &i));
    return NormalizedBy(Nfc(), out);
  }

  std::u32string a_;
  std::u32string b_;
  std::set<std::string> found_;
};

bool IsWidthVariant(char32_t c) {
  const int type = DecompositionType(c);
  return type == U_DT_WIDE || type == U_DT_NARROW;
}

bool IsCompatibility(char32_t c) {
  const int type = DecompositionType(c);
  return type != U_DT_NONE && type != U_DT_CANONICAL && !IsProtected(c);
}

bool IsEszett(char32_t c) { return c == 0xDF || c == 0x1E9E; }

}  // namespace

absl::Status ValidateUtf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const int64_t size = static_cast<int64_t>(text.size());
  for (int64_t i = 0; i < size;) {
    // In U+0001 to U+007F neither the byte nor the byte less one has the high bit.
    while (i + 16 <= size) {
      const uint64_t a = LoadEight(text.data() + i);
      const uint64_t b = LoadEight(text.data() + i + 8);
      if (((a | (a - kOnes) | b | (b - kOnes)) & kHighBits) != 0) break;
      i += 16;
    }
    // What is not; then blocks are tried again.
    for (const int64_t end = std::min(i + 16, size); i < end;) {
      const int64_t at = i;
      UChar32 c;
      U8_NEXT(bytes, i, size, c);
      if (c > 0) continue;
      if (c == 0) return InvalidArgument("has U+0000 at byte " + std::to_string(at) + "; remove it");
      return InvalidArgument("is not well-formed UTF-8 at byte " + std::to_string(at) + "; send the text as UTF-8");
    }
  }
  return absl::OkStatus();
}

size_t CodePointCount(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

bool CanonicallyEqual(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (IsAscii(a) && IsAscii(b)) return false;
  UErrorCode status = U_ZERO_ERROR;
  return Nfc().normalize(ToUtf16(a), status) == Nfc().normalize(ToUtf16(b), status) && U_SUCCESS(status);
}

std::vector<std::string> FoldedDifferences(std::string_view a, std::string_view b) {
  if (CanonicallyEqual(a, b)) return {};
  using Text = std::u32string;
  FoldPeeler peeler(a, b);
  peeler.Peel("ignorable", IsIgnorable, [](char32_t, Text*) {});
  peeler.Peel("space", IsWhiteSpace, [](char32_t, Text* out) {
    if (!out->empty() && out->back() != ' ') out->push_back(' ');
  });
  peeler.Peel("width", IsWidthVariant, [](char32_t c, Text* out) { *out += NormalizedBy(Nfkc(), Text(1, c)); });
  peeler.Peel(
      "quote", [](char32_t c) { return QuoteFold(c) != 0; },
      [](char32_t c, Text* out) { out->push_back(QuoteFold(c)); });
  peeler.Peel(
      "dash", [](char32_t c) { return IsDash(c) && !IsProtected(c); },
      [](char32_t, Text* out) { out->push_back('-'); });
  peeler.Peel(
      "ellipsis", [](char32_t c) { return c == kEllipsis || c == kMidlineEllipsis; },
      [](char32_t, Text* out) { out->append(3, '.'); });
  peeler.Peel("compatibility", IsCompatibility,
              [](char32_t c, Text* out) { *out += NormalizedBy(Nfkc(), Text(1, c)); });
  // A capital sharp s is another case of ß, and only against "ss" another spelling.
  const auto sharp = [](char32_t c) { return IsEszett(c); };
  FoldPeeler cased = peeler;
  cased.Peel(
      "case", [](char32_t c) { return c == 0x1E9E; }, [](char32_t, Text* out) { out->push_back(0xDF); });
  cased.Peel("eszett", sharp, [](char32_t, Text* out) { out->append(2, 's'); });
  if (!cased.Equal()) cased.Add("case");
  std::vector<std::string> found = cased.Found();
  if (found.empty()) found.push_back("compatibility");
  return found;
}

const char* UnicodeVersion() { return U_UNICODE_VERSION; }

}  // namespace reprise
